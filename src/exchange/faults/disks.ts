/** Faults of the disk where something is written or read beside the record’s own files: rows of the table in `fault.ts`. Data only. */
import type { Row } from './row.ts'

export const DISKS = {
  'disk.full': {
    status: 507,
    message: 'There is no room on the disk',
    remedy: 'Free some, or raise the quota. What seals goes on by itself then; do anything else again.',
  },
  'disk.readonly': {
    status: 503,
    message: 'The file system is mounted read-only',
    remedy: 'Mount it writable, or copy what lies there and use the copy.',
  },
  'disk.failed': {
    status: 500,
    message: 'The disk failed',
    remedy: 'Look at the disk, and at what the system says of it; then do the same again.',
  },
  'disk.path': {
    status: 400,
    message: 'Nothing can be read or written at this path',
    remedy: 'Look whether it and its folder are there, are what they should be, and may be used by whoever runs this.',
  },
} as const satisfies Record<string, Row>

/** By the system’s code for an error (errno(3)). */
export const OF_ERRNO: Readonly<Record<string, keyof typeof DISKS>> = {
  ...{ ENOSPC: 'disk.full', EDQUOT: 'disk.full', EROFS: 'disk.readonly', EIO: 'disk.failed', EUCLEAN: 'disk.failed' },
  ...{ ENOENT: 'disk.path', EISDIR: 'disk.path', ENOTDIR: 'disk.path', EACCES: 'disk.path', EPERM: 'disk.path' },
  ...{ EEXIST: 'disk.path', ENOTEMPTY: 'disk.path', ELOOP: 'disk.path', ENAMETOOLONG: 'disk.path', ENXIO: 'disk.path' },
}
