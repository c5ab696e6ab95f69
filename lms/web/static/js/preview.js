// Only in `lms preview`: asks whether the course was saved anew, and shows it in the same place.
(() => {
  const strip = document.getElementById('preview');
  const say = (what, whether) => { document.getElementById(`preview-${what}`).hidden = !whether; };

  async function look() {
    let version = strip.dataset.version;
    try {
      const answer = await fetch('/preview/version');
      if (answer.ok) version = await answer.text();
      say('ended', false);
    } catch {
      say('ended', true);
    }
    if (version === strip.dataset.version) setTimeout(look, 500);
    // Reloading what answers a form would send it again.
    else if ('form' in strip.dataset) say('newer', true);
    else location.reload();
  }

  setTimeout(look, 500);
})();
