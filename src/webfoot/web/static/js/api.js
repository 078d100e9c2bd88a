"use strict";

/** Call the API; gives its answer, or throws an Error with its sentence. */
async function callApi(url, body) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body ?? {}),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

/** Show what went wrong where people look. */
function showError(error) {
  const place = document.getElementById("form-error");
  place.textContent = error.message;
  place.hidden = false;
}
