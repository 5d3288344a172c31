addEventListener("load", () => document.getElementById("continue").click());
