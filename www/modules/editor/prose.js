/** A sentence of the page as people read it: what it quotes in backticks as code, the first letter a capital. */
export function prose(tag, sentence) {
  const element = document.createElement(tag);
  for (const [index, part] of sentence.split("`").entries()) {
    if (index % 2 === 1) element.appendChild(document.createElement("code")).append(part);
    else element.append(index === 0 ? part.charAt(0).toUpperCase() + part.slice(1) : part);
  }
  return element;
}
