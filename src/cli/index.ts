/** The command line. Data on stdout, messages on stderr. */
import { main } from './main.ts'

await main(process.argv.slice(2))
