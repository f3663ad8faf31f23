/** Faults of configuration and of the command line: rows of the table in `fault.ts`. Data only. */
import type { Row } from './row.ts'

export const COMMANDS = {
  'query.syntax': {
    status: 400,
    message: 'The query cannot be read',
    remedy: 'Write key:value pairs, "phrases" and -negations: `gatelog search --help`.',
  },
  'query.secret': {
    status: 400,
    message: 'The secret cannot be searched for',
    remedy: 'Give the value alone, on standard input.',
  },
  'config.invalid': {
    status: 500,
    message: 'The configuration is not valid',
    remedy:
      'Correct what is named: docs/configuration.md says what may stand there. `gatelog check` reads it and starts nothing.',
  },
  'config.missing': {
    status: 500,
    message: 'A value that the configuration refers to is missing',
    remedy: 'Set the environment variable or write the file.',
  },
  'config.absent': {
    status: 500,
    message: 'The configuration that was named does not exist',
    remedy: 'Correct --config or GATELOG_CONFIG; only gatelog.yaml in the folder where you are may be left out.',
  },
  'config.listen': {
    status: 500,
    message: 'A plain listener beyond loopback is not allowed',
    remedy: 'Add tls, bind to 127.0.0.1, or set insecure_listen: true.',
  },
  'config.bind': {
    status: 500,
    message: 'A listener cannot take its address',
    remedy: 'End whoever holds it (is Gatelog running already?), or set another under listen.',
  },
  'client.settings': {
    status: 400,
    message: 'The client’s settings file cannot be changed safely',
    remedy: 'Mend it, or set by hand what `gatelog connect <client>` shows.',
  },
  'client.file': {
    status: 400,
    message: 'The client’s settings file is not as expected',
    remedy: 'Look at the file, and set by hand what `gatelog connect <client>` shows.',
  },
  'client.ca': {
    status: 400,
    message: 'The gateway’s CA, which the client must trust, cannot be had',
    remedy:
      'Start the gateway or the agent; or on the gateway’s machine: `gatelog ca export > gatelog-ca.pem`, bring the file here, and name it with --ca.',
  },
  'client.consent': {
    status: 400,
    message: 'There is nobody to ask',
    remedy: 'Add --yes to write without asking.',
  },
  'usage.option': { status: 400, message: 'The command’s options do not fit', remedy: 'See --help of the command.' },
  'usage.input': {
    status: 400,
    message: 'The input cannot be read',
    remedy: 'Look at the file, and the line where one is named.',
  },
  'usage.output': {
    status: 400,
    message: 'The output cannot be written there',
    remedy: 'Name a file in a folder that is there and may be written.',
  },
  'otlp.body': {
    status: 400,
    message: 'The telemetry cannot be read',
    remedy: 'Send OTLP over HTTP as JSON or protobuf, to /otlp/v1/traces.',
  },
  'collector.body': {
    status: 400,
    message: 'The batch of events cannot be read',
    remedy:
      'Send JSON objects with an "event" each to /services/collector, or one event a line to /services/collector/raw.',
  },
  'agent.refused': {
    status: 403,
    message: 'The agent serves only programs of its own user',
    remedy:
      'Use the address that `gatelog agent` printed, with the secret where it shows one; a web page can’t use it.',
  },
  'server.unreachable': {
    status: 503,
    message: 'The Gatelog server does not answer',
    remedy: 'Start it: `npm start`.',
  },
} as const satisfies Record<string, Row>
