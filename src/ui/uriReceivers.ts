/** Takes an address that came in; false if it belongs to another sign-in. */
export type UriReceiver = (address: string) => boolean;

/** The sign-ins under way that an address from outside can be for. */
export class UriReceivers {
  readonly #receivers = new Set<UriReceiver>();

  /** Until disposed, `receiver` is offered every address that comes in. */
  register(receiver: UriReceiver): { dispose(): void } {
    this.#receivers.add(receiver);
    return { dispose: () => this.#receivers.delete(receiver) };
  }

  /**
   * Offers an address to each until one takes it. 'nobody': no sign-in is under way. Any web page
   * can bring that about, so it is no reason to trouble the person.
   */
  offer(address: string): 'taken' | 'refused' | 'nobody' {
    if (this.#receivers.size === 0) return 'nobody';
    for (const receiver of this.#receivers) if (receiver(address)) return 'taken';
    return 'refused';
  }

  clear(): void {
    this.#receivers.clear();
  }
}
