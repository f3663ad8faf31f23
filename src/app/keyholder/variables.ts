/** Variables of the environment that hold secrets: taken out of it once they are known, and handed on to nobody by accident. */

const taken = new Map<string, string>()

/** Takes variables out of this process's environment, so that no program that it starts, and no report, has them. */
export function takeOut(names: readonly string[]): void {
  for (const name of names) {
    const value = process.env[name]
    if (value === undefined) continue
    taken.set(name, value)
    delete process.env[name]
  }
}

/** The value of a variable, whether it was taken out or not. */
export const variable = (name: string): string | undefined => process.env[name] ?? taken.get(name)

/** The names of all variables, those taken out among them. */
export const variableNames = (): string[] => [...new Set([...Object.keys(process.env), ...taken.keys()])]
