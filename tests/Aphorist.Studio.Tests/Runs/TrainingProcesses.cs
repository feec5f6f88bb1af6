namespace Aphorist.Studio.Tests.Runs;

/// <summary>Finds all processes that train, including those that the test did not start.</summary>
internal static class TrainingProcesses
{
    /// <summary>The ids of the processes that train a run.</summary>
    /// <param name="run">The folder of the run.</param>
    public static IReadOnlyList<int> Find(string run)
    {
        List<int> found = [];
        foreach (string process in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), null, out int id)) continue;
            try
            {
                string[] words = File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0');
                if (words.Contains("--resume") && words.Contains(run)) found.Add(id);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return found;
    }
}
