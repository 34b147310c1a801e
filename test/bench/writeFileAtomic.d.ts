/** The part of `write-file-atomic` 7 that the bench uses; the package ships no types of its own. */
declare module 'write-file-atomic' {
  function writeFileAtomic(path: string, data: string, options: { mode: number }): Promise<void>;
  export = writeFileAtomic;
}
