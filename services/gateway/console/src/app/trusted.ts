/**
 * What may be written into the page as HTML. DOMPurify makes its own trusted HTML; anything else is text without a tag, such as
 * the rules of a style that the component library writes.
 */
type Policies = { createPolicy: (name: string, rules: { createHTML: (text: string) => string }) => unknown };

const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
policies?.createPolicy("default", {
  createHTML: (text) => {
    if (text.includes("<")) throw new TypeError("HTML must go through DOMPurify.");
    return text;
  },
});

export {};
