/** The small process near the developer: loopback in, TLS to the gateway out. It reads no prompt and keeps nothing. */
export { type Agent, type AgentOptions, openAgent } from './agent.ts'
export { openSecret } from './private.ts'
