using System.Globalization;
using Aphorist.Studio.Hosting;

namespace Aphorist.Studio.Components;

/// <summary>Describes the shape of a model in a few words.</summary>
public static class ModelShape
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>The layers alone, for example "2 layers of GRU(64)" or "2 层 GRU(64)".</summary>
    public static string Layers(ModelSpec spec, Language language)
    {
        ArgumentNullException.ThrowIfNull(spec);
        bool isChinese = language == Language.Chinese;
        string name = spec.Architecture switch
        {
            Architecture.Convolution => isChinese ? "卷积" : "convolution",
            Architecture.Rnn => isChinese ? "普通 RNN" : "RNN",
            _ => spec.Architecture.ToString().ToUpperInvariant(),
        };
        string layer = string.Create(Culture, $"{name}({spec.HiddenSize})");
        if (spec.Layers == 1) return layer;
        // A space is between Chinese and Latin letters only.
        return isChinese ? $"{spec.Layers} 层{(char.IsAscii(layer[0]) ? " " : "")}{layer}" : $"{spec.Layers} layers of {layer}";
    }

    /// <summary>Describes the layers of a model in English, for example "2 layers of GRU(64), residual".</summary>
    public static string Of(ModelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        string kernel = spec.Architecture == Architecture.Convolution
            ? string.Create(Culture, $" with kernel size {spec.KernelSize} and a receptive field of {spec.ReceptiveField} tokens")
            : "";
        string tied = spec.TiedEmbedding ? " tied to the decoder" : "";
        string embedding = spec.EmbeddingSize > 0 ? $"embedding of {spec.EmbeddingSize}{tied}, " : "";
        string connections = (spec.LayerNormalization ? ", layer normalization" : "") + (spec.Residual ? ", residual" : "");
        return $"{embedding}{Layers(spec, Language.English)}{kernel}{connections}";
    }

    /// <summary>Describes the layers of a model in Chinese, as <see cref="Of"/> does in English.</summary>
    public static string InChinese(ModelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        string kernel = spec.Architecture == Architecture.Convolution
            ? string.Create(Culture, $"，卷积核大小 {spec.KernelSize}，感受野 {spec.ReceptiveField} 步")
            : "";
        string tied = spec.TiedEmbedding ? "（与输出层共享权重）" : "";
        string embedding = spec.EmbeddingSize > 0 ? $"{spec.EmbeddingSize} 维嵌入{tied}，" : "";
        string connections = (spec.LayerNormalization ? "，层归一化" : "") + (spec.Residual ? "，残差连接" : "");
        return $"{embedding}{Layers(spec, Language.Chinese)}{kernel}{connections}";
    }
}
