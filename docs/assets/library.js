// A link to an example opens it. The theme looks for a name as it stands in the address, where Chinese is encoded, and finds none.
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) {
    named.open = true;
    named.scrollIntoView();
  }
}
addEventListener("hashchange", openNamed);
addEventListener("DOMContentLoaded", openNamed);
