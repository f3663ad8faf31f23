/** ISO/IEC 27001, logging and monitoring: what is asked, what there is, what proves it. Data only. */
import type { Standard } from './controls.ts'
import {
  BEFORE,
  BYPASS,
  CIPHER,
  DONE_AGAIN,
  ERASED,
  FULL,
  KILLS,
  PROVEN,
  READ_FIRST,
  RESCANNED,
  SEALED,
  SEALING,
  SEARCH,
  SENT,
  SHIPPED,
} from './proofs.ts'

export const ISO: Standard = {
  name: 'ISO/IEC 27001:2022, Annex A',
  source: 'iso.org/standard/27001',
  controls: [
    {
      id: 'A.8.10',
      asks: 'information that is no longer needed is deleted',
      does: '`retain`, `purge`, `erase`, and `rescan` for what was no known secret; `metadata` keeps no text at all',
      proofs: [ERASED, RESCANNED, DONE_AGAIN],
      open: 'what a sink took has to be deleted there',
    },
    {
      id: 'A.8.13',
      asks: 'backups are kept and tested',
      does: 'encrypted, read back before they count; a restore does later erasures, purges and revocations again',
      proofs: [SHIPPED, DONE_AGAIN],
    },
    {
      id: 'A.8.15',
      asks: 'logs are produced, stored, protected and analysed',
      does: 'as AU-2, AU-9 and AU-6',
      proofs: [BEFORE, KILLS, CIPHER, SEALED, PROVEN, READ_FIRST, SEARCH],
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
      does: 'an order of its own, whatever the clock says; times are UTC',
      proofs: [['src/trail/trail.test.ts', 'seqs run without a hole in the order of the appends']],
      open: 'the machine’s clock is yours',
    },
  ],
}
