/** What `gatelog connect` knows of a client: where its settings are and what they say. Types only. */
import type { ConnectionRow } from '#console'

/** The way that a client is to take. */
export interface Target {
  readonly connection: string
  readonly kind: string
  /** Whether the client's own credential goes on to the provider. */
  readonly own: boolean
  /** `http(s)://gateway[/k/<key>]/c/<connection>` */
  readonly base: string
  /** `/v1`, or nothing where the connection's own address ends in it. */
  readonly version: string
  /** The Gatelog key, or `$GATELOG_KEY` where none was given; undefined where it stands in `base`. */
  readonly key: string | undefined
  readonly model: string | undefined
  /** Origin of the gateway, or of the agent that stands before it. */
  readonly gateway: string
  /** Whether that is an agent, which adds the key. */
  readonly agent: boolean
  /** What the agent is shown where the system does not tell whose program asks; `base` has it already. */
  readonly secret: string | undefined
  /** Whether the client is to use the gateway as its proxy, where it can do either. */
  readonly forward: boolean
  /** The file of the gateway's CA as the settings name it, for the forward door. */
  readonly ca: string
}

/** What stands for a key that was not given; shells and Codex read it from the environment. */
export const KEY_VARIABLE = 'GATELOG_KEY'

/** Where `gatelog agent` listens unless it is told otherwise. */
export const AGENT = 'http://127.0.0.1:8490'

/** Kinds of connection, as the command line names them. */
export const KINDS = ['copilot', 'openai', 'anthropic', 'openai-compatible', 'demo'] as const

/** The settings of one client for one target. */
export interface Settings {
  /** To paste: what the client's file, or a shell, takes. */
  readonly text: string
  /** The file's text with the settings in it. @throws client.settings */
  write(text: string): string
  /** The file's text without them; what they replaced is taken from `former`. @throws client.settings */
  remove(text: string, former: string): string
  /** What a person still has to do or to know. */
  readonly notes: readonly string[]
  /** Of the forward door: whether the settings name the CA's file, which must be there, or the client asks the system. */
  readonly trusts?: 'file' | 'system'
}

/** The process environment, as far as it says where files are. */
export interface Where {
  readonly home: string
  env(name: string): string | undefined
}

export interface Client {
  readonly name: string
  /** Kinds of connection that it can speak to. */
  readonly kinds: readonly ConnectionRow['kind'][]
  /** Whether its file can refer to a key in the environment. */
  readonly reads: boolean
  /** `only`: the gateway is its proxy, whatever the connection; `can`: with --forward. Else it takes an address alone. */
  readonly forward?: 'only' | 'can'
  /** Whether its file is for everybody to read, so that no key may stand in it. */
  readonly shared?: boolean
  /** @throws client.file where there is no such client here */
  file(where: Where): string
  /** The CA's file beside that of the settings, and how they name it, where it is not the usual one. */
  ca?(file: string): { readonly path: string; readonly named: string }
  settings(target: Target): Settings
}
