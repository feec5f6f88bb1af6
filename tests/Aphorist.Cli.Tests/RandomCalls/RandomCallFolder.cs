using System.Security.Cryptography;
using System.Text;

namespace Aphorist.Cli.Tests.RandomCalls;

/// <summary>The working folder of a random call: inputs and outputs of every kind.</summary>
internal sealed class RandomCallFolder : IDisposable
{
    // A call may take this long to end after it is interrupted. A hang takes longer.
    private const string Interrupted = "timeout --foreground --preserve-status --signal INT --kill-after 30 5";

    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> before;

    public RandomCallFolder(TrainedModel model)
    {
        string[] files = [.. Directory.EnumerateFiles(model.Run, "*", SearchOption.AllDirectories)];
        foreach (string file in files) folder.Write($"run/{Path.GetRelativePath(model.Run, file)}", File.ReadAllBytes(file));
        File.Copy(model.File, folder["model.safetensors"]);
        AphoristApp.Run("export", folder["model.safetensors"], "--to", "keras", "--output", folder["model.h5"]).Expect(0);
        File.Move(folder["model.vocabulary.json"], folder["vocabulary.json"]);
        folder.Write("text.txt", TinyText.OfLength(2000));
        folder.Write("texts/one.txt", TinyText.OfLength(1000));
        folder.Write("texts/two.txt", TinyText.OfLength(1500));
        folder.Write("characters.txt", "\n .acdehmnorstuw");
        folder.Write("empty.txt", "");
        folder.Write("binary.bin", [.. Enumerable.Range(0, 3000).Select(i => (byte)(i * i))]);
        folder.Write("latin1.txt", Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("Déjà vu, à bientôt. ", 60))));
        folder.Write("old.txt", "yesterday's work");
        folder.Write("private.txt", "private");
        folder.Write("readonly.txt", "read-only");
        folder.Write("readonly/old.txt", "old");
        RunInBash("""
            ln -s text.txt link-to-text
            mkfifo pipe
            ln -s run/model.safetensors link-to-model
            ln -s nothing link-to-nothing
            ln -s /proc/self/fd/1 link-to-stdout
            chmod 600 private.txt
            chmod 444 readonly.txt
            mknod null c 1 3 2>/dev/null || touch null
            """);
        before = State();
    }

    /// <summary>Runs a call, interrupts it after some seconds, and kills it if it does not end then.</summary>
    public CommandResult Run(RandomCall call) => RunInBash($"""
        aphorist() {"{"} {Interrupted} dotnet '{AphoristProcess.Assembly}' "$@"; {"}"}
        aphorist {call.Line} {call.Redirections}
        exit $PIPESTATUS
        """);

    /// <summary>
    /// Describes what a call should not have changed: files that it read, links, devices and modes; and the temporary files that it left.
    /// </summary>
    public IEnumerable<string> Faults(RandomCall call)
    {
        Dictionary<string, string> after = State();
        // Pictures and pages in a run folder are default outputs.
        HashSet<string> named = [.. call.Read.Concat(call.Written).Select(Plain).SelectMany(Below)];
        HashSet<string> read =
            [.. call.Read.Select(Plain).SelectMany(Below).Where(path => Path.GetExtension(path) is not (".png" or ".html"))];
        foreach ((string path, string state) in before)
        {
            string? now = after.GetValueOrDefault(path);
            if (now == state) continue;
            string kind = state.Split(' ')[0];
            if (now is null) yield return $"'{path}' is gone.";
            else if (kind != "file" || !now.StartsWith("file ", StringComparison.Ordinal))
                yield return $"'{path}' was '{state}' and is '{now}'.";
            else if (now.Split(' ')[1] != state.Split(' ')[1]) yield return $"The mode of '{path}' was '{state}' and is '{now}'.";
            else if (read.Contains(path)) yield return $"The input '{path}' has changed.";
            else if (!named.Contains(path)) yield return $"'{path}', which the call does not name, has changed.";
        }

        foreach (string path in after.Keys.Where(path => path.Contains(".tmp-", StringComparison.Ordinal)))
            yield return $"The temporary file '{path}' is left.";
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Kind, mode and content of each path.</summary>
    private Dictionary<string, string> State()
    {
        Dictionary<string, string> state = [];
        string list = RunInBash("find . -mindepth 1 -printf '%P\\t%y %m %l\\n'; stat -c 'device:%n\t%F %t:%T' null").Output;
        foreach (string line in list.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split('\t');
            // A folder's mode is its own; what is in it is listed too.
            state[parts[0]] = parts[1] is ['f', ..] ? $"file{parts[1][1..].TrimEnd()} {Digest(parts[0])}" : parts[1];
        }

        return state;
    }

    private string Digest(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(folder[path])));

    /// <summary>The path that a word of the call names.</summary>
    private string Plain(string word)
    {
        string name = word.Trim('\'');
        return name switch
        {
            "link-to-text" or "<(cat text.txt)" or "/proc/self/cwd/text.txt" => "text.txt",
            "link-to-model" => "run/model.safetensors",
            "texts/*.txt" => "texts",
            _ => name,
        };
    }

    private IEnumerable<string> Below(string path) =>
        [path, .. before.Keys.Where(one => one.StartsWith($"{path}/", StringComparison.Ordinal))];

    private CommandResult RunInBash(string lines) => AphoristProcess.RunInBash(folder.Path, lines);
}
