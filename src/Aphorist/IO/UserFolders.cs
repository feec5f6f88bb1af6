namespace Aphorist.IO;

/// <summary>
/// The folders of the current user that this library writes to unless a caller names others. An environment variable overrides each of
/// them.
/// </summary>
internal static class UserFolders
{
    /// <summary>The environment variable that names the folder of downloaded corpora.</summary>
    public const string DownloadsVariable = "APHORIST_CORPORA";

    /// <summary>The environment variable that names the folder of cached large corpora.</summary>
    public const string CacheVariable = "APHORIST_PREPARED";

    /// <summary>Downloaded corpora: <c>aphorist/corpora</c> in the local application data by default.</summary>
    public static string Downloads => Get(DownloadsVariable, "corpora");

    /// <summary>Cached large corpora: <c>aphorist/prepared</c> in the local application data by default.</summary>
    public static string Cache => Get(CacheVariable, "prepared");

    private static string LocalApplicationData =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);

    private static string Get(string variable, string name) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folder
        ? folder
        : Path.Combine(LocalApplicationData, "aphorist", name);
}
