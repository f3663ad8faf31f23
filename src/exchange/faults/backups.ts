/** Faults of backups and of putting them back: rows of the table in `fault.ts`. Data only. */
import type { Row } from './row.ts'

export const BACKUPS = {
  'backup.place': {
    status: 502,
    message: 'The place of backups cannot be reached, read or written',
    remedy: 'Look at its side, at the way there, and at the rights on it. Earlier backups are as they were.',
  },
  'backup.none': {
    status: 404,
    message: 'There is no such backup',
    remedy: 'See which there are: `gatelog restore <place> --list`.',
  },
  'backup.damaged': {
    status: 500,
    message: 'The backup is not whole',
    remedy: 'Nothing was put back. Take another one: `gatelog restore <place> --list`; and a new one of what runs.',
  },
  'backup.foreign': {
    status: 409,
    message: 'There are backups of another record',
    remedy: 'Name a place of its own for each record.',
  },
  'backup.newer': {
    status: 500,
    message: 'The backup is of a newer version of Gatelog',
    remedy: 'Install that version, or a later one; then put it back.',
  },
  'backup.key': {
    status: 500,
    message: 'The key that the backup is under is not here',
    remedy: 'Put the folder of wrapping keys in its place, or name the key under encryption: docs/backup.md.',
  },
  'backup.target': {
    status: 409,
    message: 'A backup is put back only where no record is',
    remedy: 'End the server, and move its data folder aside or name another one under data.',
  },
  'trail.journal': {
    status: 503,
    message: 'What must outlive a restored backup cannot be noted',
    remedy: 'Look at the journal’s file and its disk: docs/backup.md says where it is. Then do the same again.',
  },
} as const satisfies Record<string, Row>
