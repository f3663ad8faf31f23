/** Letters for the examples of rules that are not yet templates. */
import { ALPHABETS } from '../examples.ts'

export { sample } from '../examples.ts'
export const BASE62 = ALPHABETS['base62'] as string
export const BASE64 = ALPHABETS['base64'] as string
export const HEX = ALPHABETS['hex'] as string
