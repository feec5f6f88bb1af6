// The studio's side of the views of a text.
import { showTrace } from "./trace.js";

// Shows a view in an element that Blazor fills with its markup and then leaves alone. server, if there is one, knows more of each cell.
export async function showText(host, script, name, stream, isChinese, server) {
  const module = await import(script);
  const data = JSON.parse(new TextDecoder().decode(await stream.arrayBuffer()));
  // The view is hidden until now, because the script gives its controls their names.
  host.hidden = false;
  if (!server) return module[name](host, data, isChinese);
  const trace = showTrace(host, data, isChinese, cell => server.invokeMethodAsync("TraceAsync", cell));
  const view = module[name](host, data, isChinese, trace.show);
  view.tips.onChoose = trace.goTo;
  return {
    dispose() {
      trace.dispose();
      view.dispose();
    },
  };
}

export async function download(name, stream) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([await stream.arrayBuffer()], { type: "text/html" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// The user's own text, in this tab of the browser.
const key = "aphorist-inside-text";
export const recall = () => sessionStorage.getItem(key) ?? "";
export const remember = text => sessionStorage.setItem(key, text);
