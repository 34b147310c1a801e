import { errnoOf } from './diskError.ts';

/** A failure of `link()` that says: this file system has no hard links (exFAT, some FUSE and SMB). */
export function meansNoHardLinks(error: unknown): boolean {
  switch (errnoOf(error)) {
    case 'EPERM':
    case 'EACCES':
    case 'ENOSYS':
    case 'ENOTSUP':
    case 'EOPNOTSUPP':
    case 'EMLINK':
      return true;
    default:
      return false;
  }
}
