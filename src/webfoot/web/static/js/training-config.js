"use strict";

const form = document.getElementById("training-form");
const robot = form.elements.robot;
const motion = form.elements.reference_motion;

/** A bundled clip fits its own robot only. */
function offerFitting() {
  for (const group of motion.querySelectorAll("optgroup[data-robot]")) {
    group.hidden = group.disabled = group.dataset.robot !== robot.value;
  }
  if (motion.selectedOptions[0]?.parentElement.disabled) {
    motion.value = motion.querySelector("optgroup:not([disabled]) option")?.value ?? "";
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const asked = { parameters: { preset: form.elements.preset.value } };
  for (const name of ["reference_motion", "robot"]) asked[name] = form.elements[name].value;
  for (const name of ["epochs", "batch_size", "learning_rate", "hidden_size"]) {
    const field = form.elements[name];
    if (field.value !== field.defaultValue) asked[name] = Number(field.value);
  }
  try {
    const begun = await callApi(form.action, asked);
    location.assign(`/training/monitor/${begun.session_id}`);
  } catch (error) {
    showError(error);
  }
});
robot.addEventListener("change", offerFitting);
offerFitting();
