// What is typed into a form stays with this tab until it is sent: through another card, a reload, a
// login page.
const FIELDS = "textarea[name], input[type=text][name], input[type=number][name], select[name]";
const name = (field) => `words ${new URL(field.form.action).pathname} ${field.name}`;

export function keep(field) {
  if (field.matches(FIELDS) && field.form) sessionStorage.setItem(name(field), field.value);
}

export function restore(within) {
  for (const field of within.querySelectorAll(FIELDS)) {
    const kept = field.form && sessionStorage.getItem(name(field));
    if (!kept || kept === field.value) continue;
    if (field.matches("select") ? ![...field.options].some((one) => one.value === kept) : field.value) continue;
    field.value = kept;
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }
}

export function forget(form) {
  for (const field of form.querySelectorAll(FIELDS)) sessionStorage.removeItem(name(field));
}
