/** The header that says which process sends a request. */
export const SENDER_HEADER = 'x-torture-process';
