// On the page that sends a file: a photo is made smaller before it is sent, so that it takes little of her data.
//
// Without this script the photo is sent as it is, and the server makes it smaller: it says so where it is too large.
(() => {
  "use strict";

  const LONGEST_SIDE = 1600;
  const field = document.getElementById("file");
  const said = document.getElementById("file-size");
  if (!field || !said || !("createImageBitmap" in window) || !("DataTransfer" in window)) return;

  async function smaller(file) {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "white";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
    return blob && blob.size < file.size ? new File([blob], name, { type: "image/jpeg" }) : null;
  }

  async function change(file) {
    try {
      const made = await smaller(file);
      if (!made || field.files[0] !== file) return;
      const list = new DataTransfer();
      list.items.add(made);
      field.files = list.files;
      said.querySelector("b").textContent = Math.ceil(made.size / 1000);
      said.hidden = false;
    } catch {
      // It is sent as it is.
    }
  }

  let making = null;
  field.addEventListener("change", () => {
    const [file] = field.files;
    said.hidden = true;
    if (!file || !file.type.startsWith("image/")) return;
    const mine = change(file).finally(() => {
      if (making === mine) making = null;
    });
    making = mine;
  });

  // Pressed while an old phone is still at it: it is sent when the photo is ready.
  field.form.addEventListener("submit", (event) => {
    if (!making) return;
    const button = event.submitter;
    event.preventDefault();
    making.then(() => field.form.requestSubmit(button));
  });
})();
