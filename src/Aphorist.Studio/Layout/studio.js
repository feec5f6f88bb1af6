// Starts Blazor. When the server comes back after a restart, the page is loaded again: the runs are as they are on the disk.
(() => {
  const dialog = document.getElementById("components-reconnect-modal");
  dialog.addEventListener("components-reconnect-state-changed", event => {
    switch (event.detail.state) {
      case "show": if (!dialog.open) dialog.showModal(); break;
      case "hide": dialog.close(); break;
      case "rejected": location.reload(); break;
      case "failed": loadWhenBack(); break;
    }
  });

  async function loadWhenBack() {
    while (true) {
      await new Promise(resolve => setTimeout(resolve, 1000));
      try {
        if ((await fetch("health", { cache: "no-store" })).status < 600) return location.reload();
      } catch {
        // The server is still away.
      }
    }
  }

  Blazor.start({
    circuit: {
      configureSignalR: builder => builder.configureLogging("warning"),
      reconnectionOptions: { maxRetries: 8, retryIntervalMilliseconds: attempt => attempt < 8 ? Math.min(2000, 200 * (attempt + 1)) : null },
    },
  });
})();
