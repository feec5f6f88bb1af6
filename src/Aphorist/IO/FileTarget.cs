using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aphorist.IO;

/// <summary>The kinds of things that a path can name.</summary>
internal enum FileKind
{
    /// <summary>Nothing, so a file can be created.</summary>
    Missing,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A device, a pipe, a socket or an open descriptor of this process, such as <c>/dev/stdout</c>.</summary>
    Stream,
}

/// <summary>What a path names after all symbolic links are followed, also links to files that do not exist yet.</summary>
internal sealed partial class FileTarget
{
    private const int MaximumLinks = 40;
    private const int StandardOutput = 1, StandardError = 2;

    private static readonly StringComparison PathComparison =
        OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    private readonly UnixStatus? status;
    private readonly int? descriptor;

    private FileTarget(string path)
    {
        Path = path;
        descriptor = DescriptorOf(path);
        status = OperatingSystem.IsWindows() ? null : UnixStatus.Of(path);
        Kind = descriptor is not null || IsDevice(path) ? FileKind.Stream
            : Directory.Exists(path) ? FileKind.Folder
            : status is not null ? (status.IsRegular ? FileKind.File : FileKind.Stream)
            : !File.Exists(path) ? FileKind.Missing
            // Without its status, an empty file may be a device. Writing through an empty file loses nothing.
            : OperatingSystem.IsWindows() || new FileInfo(path).Length > 0 ? FileKind.File
            : FileKind.Stream;
    }

    /// <summary>The full path without symbolic links.</summary>
    public string Path { get; }

    /// <summary>What is there.</summary>
    public FileKind Kind { get; }

    /// <summary>Whether this is the standard output of this process under one of its names, such as <c>/dev/stdout</c>.</summary>
    public bool IsStandardOutput => descriptor == StandardOutput;

    /// <summary>Whether this is a regular file, also one that is open as a descriptor of this process.</summary>
    public bool IsRegularFile => status?.IsRegular ?? Kind == FileKind.File;

    /// <summary>Finds what a path names.</summary>
    /// <exception cref="IOException">The symbolic links have no end.</exception>
    public static FileTarget Of(string path) => new(FollowLinks(System.IO.Path.GetFullPath(path)));

    /// <summary>
    /// Whether both are the same file. Two hard links to a file are not: replacing one leaves the content of the other.
    /// </summary>
    public bool IsSameAs(FileTarget other) =>
        string.Equals(ComparedPath(), other.ComparedPath(), PathComparison)
        // The same file under two paths: on a file system that ignores case, or mounted twice.
        || (status is { IsRegular: true, Links: 1 } && status == other.status);

    /// <summary>Opens a device, a pipe or a descriptor for writing.</summary>
    public Stream OpenToWrite() => descriptor switch
    {
        // The console's streams write at the current position of the descriptor, which other writers move too.
        StandardOutput => Console.OpenStandardOutput(),
        StandardError => Console.OpenStandardError(),
        int number => new FileStream(new SafeFileHandle(number, ownsHandle: false), FileAccess.Write, bufferSize: 0),
        null => new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
    };

    /// <summary>Gives another file the owner and the permissions of this one, as far as this process may.</summary>
    public void CopyAttributesTo(string path)
    {
        if (Kind != FileKind.File || OperatingSystem.IsWindows()) return;
        // Only an administrator can give files away. A change of owner can also clear permissions, so those come second.
        status?.TryCopyOwnerTo(path);
        UnixFileMode mode = File.GetUnixFileMode(Path);
        try
        {
            if (File.GetUnixFileMode(path) != mode) File.SetUnixFileMode(path, mode);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Some file systems have no permissions of their own.
        }
    }

    private static string FollowLinks(string path)
    {
        string root = System.IO.Path.GetPathRoot(path)!, at = root;
        Stack<string> rest = new(PartsOf(path, root));
        for (int links = 0; rest.TryPop(out string? name);)
        {
            if (name == "..")
            {
                at = System.IO.Path.GetDirectoryName(at) ?? at;
                continue;
            }

            at = System.IO.Path.Combine(at, name);
            if (OperatingSystem.IsLinux() && at.StartsWith("/proc/", StringComparison.Ordinal))
            {
                // The links in the folder of descriptors name open files, not paths.
                if (name == "fd") return System.IO.Path.Combine([at, .. rest]);
                if (name is "self" or "thread-self") continue;
            }

            if (LinkAt(at) is not string link) continue;
            if (++links > MaximumLinks) throw new IOException($"There are too many levels of symbolic links in '{path}'.");
            string linkRoot = System.IO.Path.IsPathRooted(link) ? System.IO.Path.GetPathRoot(link)! : "";
            at = linkRoot.Length > 0 ? linkRoot : System.IO.Path.GetDirectoryName(at)!;
            foreach (string part in PartsOf(link, linkRoot)) rest.Push(part);
        }

        return at;
    }

    /// <summary>The names in a path, the last one first.</summary>
    private static IEnumerable<string> PartsOf(string path, string root) => path[root.Length..]
        .Split([System.IO.Path.DirectorySeparatorChar, System.IO.Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)
        .Where(part => part != ".")
        .Reverse();

    private static string? LinkAt(string path) =>
        Directory.Exists(path) ? new DirectoryInfo(path).LinkTarget : new FileInfo(path).LinkTarget;

    /// <summary>The number in <c>/proc/self/fd/1</c>, to which <c>/dev/stdout</c> and <c>/dev/fd/1</c> are links on Linux.</summary>
    private static int? DescriptorOf(string path)
    {
        string[] folders = OperatingSystem.IsLinux()
            ? ["/proc/self/fd", "/proc/thread-self/fd", string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd")]
            : ["/dev/fd"];
        return !OperatingSystem.IsWindows()
            && folders.Contains(System.IO.Path.GetDirectoryName(path))
            && int.TryParse(System.IO.Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : null;
    }

    /// <summary>Whether a path is one of a device by its name: nothing can be renamed over it.</summary>
    private static bool IsDevice(string path) => OperatingSystem.IsWindows()
        ? path.StartsWith(@"\\.\", StringComparison.Ordinal)
        : path.StartsWith("/proc/", StringComparison.Ordinal) && File.Exists(path);

    private string ComparedPath() =>
        descriptor is not null && LinkAt(Path) is string open && System.IO.Path.IsPathRooted(open) ? open : Path;

    /// <summary>The fields of `stat` that .NET does not expose.</summary>
    private sealed partial record UnixStatus(ulong Device, ulong Number, uint Links, uint Owner, uint Group, bool IsRegular)
    {
        private const int CurrentFolder = -100;
        private const uint BasicFields = 0x7ff;
        private const int TypeMask = 0xf000, RegularType = 0x8000;

        /// <summary>Reads the status; null if there is no such file, or it cannot be read.</summary>
        public static UnixStatus? Of(string path)
        {
            // As long as the longest of these structures.
            byte[] bytes = new byte[256];
            try
            {
                if (OperatingSystem.IsLinux()) return Statx(CurrentFolder, path, 0, BasicFields, bytes) == 0 ? FromLinux(bytes) : null;
                if (!OperatingSystem.IsMacOS()) return null;
                bool isArm = RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64;
                return (isArm ? Stat(path, bytes) : StatIntel(path, bytes)) == 0 ? FromMac(bytes) : null;
            }
            catch (EntryPointNotFoundException)
            {
                return null; // An old system.
            }
        }

        public void TryCopyOwnerTo(string path)
        {
            UnixStatus? other = Of(path);
            if (other is null || (other.Owner == Owner && other.Group == Group)) return;
            // Any user can give a file to a group of theirs, but not to another user.
            if (ChangeOwner(path, Owner, Group) != 0) _ = ChangeOwner(path, other.Owner, Group);
        }

        private static UnixStatus FromLinux(ReadOnlySpan<byte> bytes) => new(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[136..]),
            Number: MemoryMarshal.Read<ulong>(bytes[32..]),
            Links: MemoryMarshal.Read<uint>(bytes[16..]),
            Owner: MemoryMarshal.Read<uint>(bytes[20..]),
            Group: MemoryMarshal.Read<uint>(bytes[24..]),
            IsRegular: (MemoryMarshal.Read<ushort>(bytes[28..]) & TypeMask) == RegularType);

        private static UnixStatus FromMac(ReadOnlySpan<byte> bytes) => new(
            MemoryMarshal.Read<uint>(bytes),
            Number: MemoryMarshal.Read<ulong>(bytes[8..]),
            Links: MemoryMarshal.Read<ushort>(bytes[6..]),
            Owner: MemoryMarshal.Read<uint>(bytes[16..]),
            Group: MemoryMarshal.Read<uint>(bytes[20..]),
            IsRegular: (MemoryMarshal.Read<ushort>(bytes[4..]) & TypeMask) == RegularType);

        [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int Statx(int folder, string path, int flags, uint fields, byte[] status);

        [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int Stat(string path, byte[] status);

        [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int StatIntel(string path, byte[] status);

        [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int ChangeOwner(string path, uint owner, uint group);
    }
}
