/** What holds for a turn whatever bears it: one table of cases, run over HTTP and over a WebSocket. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ending, Entry, Opening } from '#exchange'
import { type Open, unmarked, within } from './asking.case.ts'
import { Fault, SECRET, type Setup } from './house.case.ts'
import { create, events, type Json, provider, speakTo, until } from './speaking.case.ts'

/** The provider's side of one reply. */
interface Saying {
  say(events: readonly Json[]): void
  /** Nothing more comes, and the connection stays as it is. */
  end(): void
  break(): void
}

/** The client's side of one turn. */
interface Asking {
  readonly heard: Json[]
  /** Resolves when the reply has ended, in whatever way. */
  readonly over: Promise<void>
  leave(): void
}

interface Transport {
  setup(reply: (saying: Saying) => void, asked: string[]): Partial<Setup>
  ask(house: Open, text: string): Promise<Asking>
}

const overHttp: Transport = {
  setup: (reply, asked) => ({
    script: (_request, body, response) => {
      asked.push(body)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      reply({
        say: (said) => void response.write(said.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')),
        end: () => void response.end(),
        break: () => void response.destroy(),
      })
    },
  }),
  async ask({ url, key }, text) {
    const leaving = new AbortController()
    const heard: Json[] = []
    const headers = { 'x-gatelog-key': key, 'content-type': 'application/json' }
    const body = JSON.stringify({ ...JSON.parse(create(text)), stream: true })
    const asking = fetch(`${url}/v1/responses`, { method: 'POST', body, headers, signal: leaving.signal })
    const read = async () => {
      const answer = await asking
      let rest = ''
      for await (const part of answer.body ?? []) {
        const blocks = (rest + Buffer.from(part).toString()).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) heard.push(JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}'))
      }
      if (rest) heard.push(JSON.parse(rest))
    }
    return { heard, over: read().catch(() => undefined), leave: () => leaving.abort() }
  },
}

const overSocket: Transport = {
  setup(reply, asked) {
    const { upgrade } = provider((message, { socket, raw }) => {
      asked.push(JSON.stringify(message))
      reply({
        say: (said) => said.forEach((event) => void socket.send(JSON.stringify(event))),
        end: () => undefined,
        break: () => void raw.destroy(),
      })
    })
    return { upgrade, websocket: 'record', script: (_request, _body, response) => void response.end() }
  },
  async ask(house, text) {
    const { socket } = await speakTo(house)
    const heard: Json[] = []
    const over = Promise.withResolvers<void>()
    socket.on('message', (data) => {
      const event = JSON.parse(String(data)) as Json
      heard.push(event)
      if (/completed|failed/.test(String(event['type']))) over.resolve()
    })
    socket.on('close', () => over.resolve())
    socket.send(create(text))
    return { heard, over: over.promise, leave: () => socket.terminate() }
  },
}

const entriesOf = ({ watched }: Open): Entry[] => {
  const shakes = (watched.entries as Opening[]).filter(({ method }) => method === 'UPGRADE')
  return watched.entries.filter(({ exchange }) => !shakes.some((shake) => shake.exchange === exchange))
}
const kindsOf = (house: Open) => entriesOf(house).map(({ kind }) => kind)
const lastOf = (house: Open) => entriesOf(house).at(-1) as Ending
const bodyOf = (entry: Entry | undefined) => Buffer.from((entry as Opening)?.body?.bytes ?? []).toString()
const typesOf = ({ heard }: Asking) => heard.map(({ type }) => type)
const told = ({ heard }: Asking) => JSON.stringify(heard.at(-1))

type Reply = (saying: Saying) => void
const whole: Reply = ({ say, end }) => {
  say(events('r', 'well, ', 'yes'))
  end()
}
const begun: Reply = ({ say }) => say(events('r', 'well, ', 'yes').slice(0, 3))

/** The beginning at once, the rest after a while. */
const later: Reply = ({ say, end }) => {
  const all = events('r', 'well, ', 'yes')
  say(all.slice(0, 3))
  setTimeout(() => {
    say(all.slice(3))
    end()
  }, 60)
}

interface Case {
  readonly name: string
  readonly reply: Reply
  readonly setup?: Partial<Setup>
  run(house: Open, asked: readonly string[], ask: (text: string) => Promise<Asking>): Promise<void>
}

const CASES: readonly Case[] = [
  {
    name: 'an answer leaves event by event as it came, and is on the record',
    reply: whole,
    async run(house, asked, ask) {
      const turn = await ask('is it?')
      await turn.over
      assert.deepEqual(turn.heard, events('r', 'well, ', 'yes'))
      assert.deepEqual(kindsOf(house), ['asked', 'replied'])
      assert.ok(asked[0]?.includes('is it?') && bodyOf(entriesOf(house)[0]).includes('is it?'))
      assert.deepEqual([lastOf(house).text, lastOf(house).finish, lastOf(house).events], ['well, yes', 'completed', 6])
    },
  },
  {
    name: 'no prompt goes up before it is durable',
    reply: whole,
    async run(house, asked, ask) {
      const held = Promise.withResolvers<void>()
      house.watched.hold = held.promise
      const turn = ask('held')
      await new Promise((resolve) => setTimeout(resolve, 60))
      assert.equal(asked.length, 0)
      held.resolve()
      await turn.then(({ over }) => over)
      assert.deepEqual([asked.length, kindsOf(house)], [1, ['asked', 'replied']])
    },
  },
  {
    name: 'no last event comes down before its ending is durable',
    reply: later,
    async run(house, _asked, ask) {
      const turn = await ask('held')
      await until(() => turn.heard.length > 0, 'it begins')
      const held = Promise.withResolvers<void>()
      house.watched.hold = held.promise
      await until(() => turn.heard.length > 2, 'all but its end has come')
      await new Promise((resolve) => setTimeout(resolve, 150))
      assert.ok(!typesOf(turn).includes('response.completed'))
      held.resolve()
      await turn.over
      assert.deepEqual(turn.heard, events('r', 'well, ', 'yes'))
    },
  },
  {
    name: 'secrets are masked in the prompt, in the reply and on the record',
    reply: ({ say, end }) => {
      say(events('r', `so ${SECRET.slice(0, 7)}`, SECRET.slice(7, 30), `${SECRET.slice(30)} it is`))
      end()
    },
    async run(house, asked, ask) {
      const turn = await ask(`keep ${SECRET}`)
      await turn.over
      assert.equal(turn.heard.length, 7)
      const text = turn.heard.map(({ delta }) => delta ?? '').join('')
      assert.match(unmarked(text), /^so \[masked:github-[a-z-]+\] it is$/)
      for (const each of [asked.join(), JSON.stringify(turn.heard), ...entriesOf(house).map(bodyOf)])
        assert.ok(!each.includes(SECRET))
    },
  },
  {
    name: 'a denied prompt goes nowhere, and is told once',
    reply: whole,
    setup: { rules: [{ name: 'no', when: 'prompt.text.contains("forbidden")', then: 'deny', reason: 'because' }] },
    async run(house, asked, ask) {
      const turn = await ask('forbidden')
      await turn.over
      assert.equal(told(turn).split('because').length, 2)
      assert.deepEqual([turn.heard.length, asked.length, kindsOf(house)], [1, 0, ['asked', 'denied']])
    },
  },
  {
    name: 'a provider that breaks off: what came is kept, and a notice ends it',
    reply: (saying) => {
      begun(saying)
      setTimeout(() => saying.break(), 30)
    },
    async run(house, _asked, ask) {
      const turn = await ask('go on')
      await turn.over
      assert.equal(typesOf(turn).at(-1), 'response.failed')
      await until(() => lastOf(house).kind === 'failed', 'it is on the record')
      assert.equal(lastOf(house).fault, 'upstream.reset')
      assert.match(bodyOf(lastOf(house)), /"delta":"well, "/)
    },
  },
  {
    name: 'a provider that stops: its time is over, and a notice ends it',
    setup: { timeouts: { idle_ms: 500 } },
    reply: begun,
    async run(house, _asked, ask) {
      const turn = await ask('go on')
      await turn.over
      assert.match(told(turn), /response\.failed.*upstream\.timeout/)
      assert.deepEqual([lastOf(house).kind, lastOf(house).authored], ['failed', true])
    },
  },
  {
    name: 'a client that leaves',
    reply: begun,
    async run(house, _asked, ask) {
      const turn = await ask('go on')
      await until(() => turn.heard.length > 0, 'it begins')
      turn.leave()
      await until(() => lastOf(house).kind === 'aborted', 'it is on the record')
      assert.equal(lastOf(house).fault, 'client.aborted')
    },
  },
  {
    name: 'a key that is revoked',
    reply: begun,
    async run(house, _asked, ask) {
      const turn = await ask('go on')
      await until(() => turn.heard.length > 0, 'it begins')
      await house.identity.revoke(house.record.id)
      await turn.over
      assert.match(told(turn), /response\.failed.*identity\.revoked/)
      assert.deepEqual([lastOf(house).kind, lastOf(house).fault], ['aborted', 'identity.revoked'])
    },
  },
  {
    name: 'a trail that fails at the end: the last event does not leave',
    reply: later,
    async run(house, _asked, ask) {
      const turn = await ask('go on')
      await until(() => turn.heard.length > 0, 'it begins')
      house.watched.fail = new Fault('trail.unavailable', 'disk full')
      await turn.over
      assert.ok(!typesOf(turn).includes('response.completed'))
      assert.match(told(turn), /response\.failed.*trail\.unavailable/)
      house.watched.fail = undefined
    },
  },
]

for (const [bearer, transport] of Object.entries({ HTTP: overHttp, 'a WebSocket': overSocket }))
  for (const { name, reply, setup, run } of CASES)
    test(`over ${bearer}: ${name}`, () => {
      const asked: string[] = []
      const more = { ...transport.setup(reply, asked), ...setup } as Setup
      return within(more, async (house) => {
        const open: Asking[] = []
        const ask = async (text: string) => {
          const turn = await transport.ask(house, text)
          open.push(turn)
          return turn
        }
        await run(house, asked, ask).finally(() => {
          for (const turn of open) turn.leave()
        })
      })
    })
