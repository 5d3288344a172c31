// Goes on at once: posts the form of the page. A field may be called "requestSubmit", which would hide the form's own method.
HTMLFormElement.prototype.requestSubmit.call(document.getElementById("go-on"));
