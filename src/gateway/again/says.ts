/** What a body says as far as the index of words knows it: read as it was when it was written. Writes nothing. */
import type { Body } from '#exchange'
import { promptIn, replyIn } from '#wire'
import { textOf } from '../exchange.ts'
import { textOfMessages } from '../scan.ts'
import type { Whose } from './texts.ts'

/** Undefined where nothing reads it. Of a prompt also what earlier ones said. */
export function saysOf({ bytes, type, assembled }: Body, { route, direction }: Whose): string | undefined {
  const text = Buffer.from(bytes).toString()
  if (direction === 'reply') {
    const reply = replyIn(route, text, type, assembled)
    return reply && textOf(reply)
  }
  const prompt = promptIn(route, text, assembled)
  return prompt && textOfMessages(prompt.messages)
}
