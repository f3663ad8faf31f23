/** Which files nobody's window shows as a page, by their names. Reads no file. */

/** Formats that editors, forges and browsers draw, and in which an address may be fetched by looking. */
const PAGES = new Set(
  (
    'md markdown markdn mdown mdwn mkdown mkdn mkd livemd mdtext ronn mdx mdc rmd qmd html htm xhtml shtml mht svg xml xsl xslt rst adoc asciidoc org textile wiki ' +
    'mediawiki ipynb tex ltx jsx tsx vue svelte astro hbs ejs erb haml pug php phtml aspx cshtml razor jsp twig njk liquid ' +
    'mustache tmpl css scss sass less puml plantuml mmd mermaid dot gv drawio rtf url webloc desktop eml msg ics pdf docx'
  ).split(' '),
)

/** Whether a path surely names a file that is not shown as a page. What the name leaves open does not. */
export function isPlain(path: string): boolean {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  if (!/^[\w@+.-]*[\w@+-]$/.test(name)) return false
  return !name
    .toLowerCase()
    .split('.')
    .some((part) => PAGES.has(part))
}
