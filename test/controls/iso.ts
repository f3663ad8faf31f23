/** ISO/IEC 27001, logging and monitoring: what is asked, what there is, what proves it. Data only. */
import type { Standard } from './controls.ts'
import { BEFORE, BYPASS, CIPHER, FULL, KILLS, READ_FIRST, SEALED, SEALING, SEARCH, SENT } from './proofs.ts'

export const ISO: Standard = {
  name: 'ISO/IEC 27001:2022, Annex A',
  source: 'iso.org/standard/27001',
  controls: [
    {
      id: 'A.8.15',
      asks: 'logs are produced, stored, protected and analysed',
      does: 'as AU-2, AU-9 and AU-6',
      proofs: [BEFORE, KILLS, CIPHER, SEALED, READ_FIRST, SEARCH],
      open: SEALING,
    },
    {
      id: 'A.8.16',
      asks: 'networks, systems and applications are monitored',
      does: 'health, alerts, bypasses, sinks',
      proofs: [FULL, BYPASS, SENT],
      open: 'of AI assistants alone',
    },
    {
      id: 'A.8.17',
      asks: 'clocks are synchronised',
      does: 'UTC and an order of its own',
      proofs: [['src/trail/trail.test.ts', 'seqs run without a hole in the order of the appends']],
      open: 'the machine’s clock is yours',
    },
  ],
}
