/** How many of what, as a person says it. Pure. */

/** `1 entry`, `2 entries`; where the plural is not the word and an s, it is given. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`
