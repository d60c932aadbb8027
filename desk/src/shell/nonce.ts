/** The nonce of the page's policy, for styles made while running. */
export function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

/**
 * Give every style element that scripts make the page's nonce.
 *
 * Ant Design takes it by its `csp` setting, but two of its helpers (the scroll lock of dialogs, the
 * measuring of scroll bars) do not pass it on, and the policy would refuse their styles.
 */
export function giveStylesNonce(): void {
  const nonce = pageNonce();
  const make = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const made = make(name, options);
    if (made instanceof HTMLStyleElement) made.nonce = nonce;
    return made;
  };
}
