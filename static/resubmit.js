// Posts the form at once. A field may be called "requestSubmit", which would hide the form's own method.
HTMLFormElement.prototype.requestSubmit.call(document.getElementById("resubmit"));
