// What `phone.js` says of answers that wait on this phone: once in a script that is kept, not once in every page.
const WORDS = `
<span data-word="saved-1">Saved on this phone. We will send it when you are back online.</span>
<span data-word="saved">{n} answers are saved on this phone. We will send them when you are back online.</span>
<span data-word="sent-1">Sent: 1 saved answer.</span>
<span data-word="sent">Sent: {n} saved answers.</span>
<a data-word="sign-in-1" href="/sign-in">Sign in again to send 1 saved answer.</a>
<a data-word="sign-in" href="/sign-in">Sign in again to send {n} saved answers.</a>
<a data-word="refused-1" href="/phone">1 answer was not sent. See why</a>
<a data-word="refused" href="/phone">{n} answers were not sent. See why</a>
<span data-word="gone">An account that was used on this phone is closed. What it kept here is gone.</span>
<span data-word="leaving-1">1 answer is not sent yet. It stays on this phone until you sign in here again. Press Sign out once more to go.</span>
<span data-word="leaving">{n} answers are not sent yet. They stay on this phone until you sign in here again. Press Sign out once more to go.</span>
`;
