using System.Globalization;

namespace Aphorist.Studio.Components;

/// <summary>Describes the shape of a model in a few words.</summary>
public static class ModelShape
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>Describes the layers of a model in English, for example "2 layers of GRU(64), residual".</summary>
    public static string Of(ModelSpec spec)
    {
        string layer = spec.Architecture == Architecture.Convolution
            ? string.Create(
                Culture,
                $"convolution({spec.HiddenSize}) with kernel size {spec.KernelSize} and a receptive field of {spec.ReceptiveField} tokens")
            : $"{NameOf(spec.Architecture)}({spec.HiddenSize})";
        string tied = spec.TiedEmbedding ? " tied to the decoder" : "";
        string embedding = spec.EmbeddingSize > 0 ? $"embedding of {spec.EmbeddingSize}{tied}, " : "";
        string connections = (spec.LayerNormalization ? ", layer normalization" : "") + (spec.Residual ? ", residual" : "");
        return $"{embedding}{(spec.Layers > 1 ? $"{spec.Layers} layers of " : "")}{layer}{connections}";
    }

    /// <summary>Describes the layers of a model in Chinese, as <see cref="Of"/> does in English.</summary>
    public static string InChinese(ModelSpec spec)
    {
        string layer = spec.Architecture switch
        {
            Architecture.Convolution => string.Create(
                Culture, $"卷积({spec.HiddenSize})，卷积核大小 {spec.KernelSize}，感受野 {spec.ReceptiveField} 步"),
            Architecture.Rnn => $"普通 RNN({spec.HiddenSize})",
            _ => $"{NameOf(spec.Architecture)}({spec.HiddenSize})",
        };
        string tied = spec.TiedEmbedding ? "（与输出层共享权重）" : "";
        string embedding = spec.EmbeddingSize > 0 ? $"{spec.EmbeddingSize} 维嵌入{tied}，" : "";
        string connections = (spec.LayerNormalization ? "，层归一化" : "") + (spec.Residual ? "，残差连接" : "");
        // A space is between Chinese and Latin letters only.
        string layers = spec.Layers > 1 ? $"{spec.Layers} 层{(char.IsAscii(layer[0]) ? " " : "")}" : "";
        return $"{embedding}{layers}{layer}{connections}";
    }

    private static string NameOf(Architecture architecture) => architecture switch
    {
        Architecture.Lstm => "LSTM",
        Architecture.Gru => "GRU",
        _ => "RNN",
    };
}
