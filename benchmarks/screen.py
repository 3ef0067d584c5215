"""What a person reads on the screen of a phone: each block of text, and whether it is folded away."""

from dataclasses import dataclass

from playwright.sync_api import Page

# A block is the text of an element that is not inline. Folded parts are opened briefly, because their texts
# have no position on the page otherwise. Texts placed outside the page, such as the skip link, are not read.
# Texts that are cut off, such as a name too long for the header, are not read either. Texts of the class
# `late` are left out. They appear only if loading takes long, so the figures would depend on how busy the
# machine is. The groups of a fingerprint are not words to read: people compare their letters with a poster.
# The label that unfolds a fingerprint is read.
_READ = """() => {
  const folded = [...document.querySelectorAll("details:not([open])")];
  const inFolded = (element) => folded.some(
    (details) => details.contains(element) && !details.querySelector("summary")?.contains(element));
  const blocks = new Map();
  const isCut = (element) => {
    const { left, top } = element.getBoundingClientRect();
    for (let around = element.parentElement; around; around = around.parentElement) {
      const { right, bottom } = around.getBoundingClientRect();
      if (getComputedStyle(around).overflow === "hidden" && (left >= right || top >= bottom)) return true;
    }
    return false;
  };
  const isRead = (element) => {
    const { right, bottom } = element.getBoundingClientRect();
    const isOnPage = right > 0 && bottom + scrollY > 0;
    return element.checkVisibility({ visibilityProperty: true }) && isOnPage && !isCut(element)
      && !element.closest(".late, .fingerprint");
  };
  for (const each of folded) each.open = true;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (!data.trim() || parentElement.matches("textarea") || !isRead(parentElement)) continue;
    let block = parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    blocks.set(block, (blocks.get(block) ?? "") + data);
  }
  for (const each of folded) each.open = false;
  const box = [...document.querySelectorAll("textarea")].find((each) => each.checkVisibility());
  const aboveBox = (element) => Boolean(box) && !inFolded(element)
    && element.getBoundingClientRect().top < box.getBoundingClientRect().top;
  return [...blocks].map(([block, text]) =>
    ({ text: text.trim().replace(/\\s+/g, " "), folded: inFolded(block), aboveBox: aboveBox(block) }));
}"""


@dataclass(frozen=True, slots=True)
class Block:
    """A text of a screen. ``above_box``: it is above the first visible text box of the screen."""

    text: str
    folded: bool
    above_box: bool

    @property
    def words(self) -> int:
        """The number of words. Punctuation between spaces does not count."""
        return sum(any(map(str.isalnum, word)) for word in self.text.split())


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen of a page, of any length, with its main heading. A page that is not ready has no heading."""

    heading: str
    blocks: tuple[Block, ...]


def read(page: Page) -> Screen:
    """Return the screen that a page shows. The page must not be scrolled."""
    blocks = tuple(Block(each["text"], each["folded"], each["aboveBox"]) for each in page.evaluate(_READ))
    return Screen("".join(page.locator("h1:visible").all_inner_texts()[:1]), blocks)
