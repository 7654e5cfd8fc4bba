/** A mail as the `send_email` binding takes it. */
export type Message = { to: string; subject: string; text: string; html: string }

/** A part of a mail: a text, or a link that stands by itself. */
export type Paragraph = string | { link: string }

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character)

const toText = (paragraph: Paragraph) => (typeof paragraph === 'string' ? paragraph : paragraph.link)

const toHtml = (paragraph: Paragraph) => {
  const text = escaped(toText(paragraph))
  return typeof paragraph === 'string' ? `<p>${text}</p>` : `<p><a href="${text}">${text}</a></p>`
}

/**
 * A mail of a few paragraphs, as text and as HTML. Nothing in one may come from anybody but its reader: whoever types
 * the address of somebody else into a form must not get to write to them.
 */
export const toMessage = (to: string, subject: string, paragraphs: Paragraph[]): Message => ({
  to,
  subject,
  text: `${paragraphs.map(toText).join('\n\n')}\n`,
  html: `<!doctype html>\n<html lang="en">\n<body>\n${paragraphs.map(toHtml).join('\n')}\n</body>\n</html>\n`,
})
