document.getElementById("appForm").submit();
