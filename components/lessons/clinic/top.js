// Scrolls the page to its top. The page has this component only in the script run that begins another case.
export default function () {
  document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
}
