// What is typed into a form stays with this tab until it is sent: through another card, a reload, a
// login page.
const FIELDS = "textarea[name], input[type=text][name]";
const name = (field) => `words ${new URL(field.form.action).pathname} ${field.name}`;

export function keep(field) {
  if (field.matches(FIELDS) && field.form) sessionStorage.setItem(name(field), field.value);
}

export function restore(within) {
  for (const field of within.querySelectorAll(FIELDS)) {
    if (field.form && !field.value) field.value = sessionStorage.getItem(name(field)) ?? "";
  }
}

export function forget(form) {
  for (const field of form.querySelectorAll(FIELDS)) sessionStorage.removeItem(name(field));
}
