namespace Aphorist.Interop.Hdf5;

/// <summary>Old structures fill up what they hold to a multiple of eight bytes.</summary>
internal static class Hdf5Padding
{
    public static long ToEight(long length) => (length + 7) / 8 * 8;

    public static int ToEight(int length) => (length + 7) / 8 * 8;
}
