using Aphorist.Interop.Hdf5;

namespace Aphorist.Interop.Keras;

/// <summary>The weights of a Dense layer.</summary>
internal static class KerasDense
{
    /// <summary>Reads the kernel [H, V] and the bias [V], zeros where the layer has none.</summary>
    public static (float[] Kernel, float[] Bias) Read(KerasLayer layer, IReadOnlyList<Hdf5Array> arrays, long inputs, long outputs)
    {
        CheckCount(layer, arrays, 1);
        float[] kernel = arrays[0].Read(inputs, outputs);
        return (kernel, arrays.Count == 2 ? arrays[1].Read(outputs) : new float[outputs]);
    }

    /// <summary>Refuses a layer that has not as many arrays as its kind has, with a bias if it uses one.</summary>
    public static void CheckCount(KerasLayer layer, IReadOnlyList<Hdf5Array> arrays, int kernels)
    {
        // Keras 1 had a choice of the same meaning for Dense under another name.
        bool hasBias = !layer.IsOff("use_bias") && !layer.IsOff("bias");
        int expected = hasBias ? kernels + 1 : kernels;
        if (arrays.Count != expected) throw layer.Refused($"has {arrays.Count} arrays of weights in the file where {expected} are expected");
    }
}
