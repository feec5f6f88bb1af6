namespace Aphorist.Numerics;

/// <summary>The height of a GEMM tile as a type, so that each height is compiled separately.</summary>
internal interface ITileHeight
{
    static abstract int Rows { get; }
}

internal readonly struct Height1 : ITileHeight { public static int Rows => 1; }

internal readonly struct Height2 : ITileHeight { public static int Rows => 2; }

internal readonly struct Height3 : ITileHeight { public static int Rows => 3; }

internal readonly struct Height4 : ITileHeight { public static int Rows => 4; }

internal readonly struct Height5 : ITileHeight { public static int Rows => 5; }

internal readonly struct Height6 : ITileHeight { public static int Rows => 6; }

internal readonly struct Height7 : ITileHeight { public static int Rows => 7; }

internal readonly struct Height8 : ITileHeight { public static int Rows => 8; }
