using System.Globalization;
using Aphorist.Studio.Components;
using Aphorist.Studio.Hosting;

namespace Aphorist.Studio.Models;

/// <summary>What the pages say about models, in both languages.</summary>
internal static class ModelWords
{
    /// <summary>The text that the model learned, or the program that it was imported from.</summary>
    public static string Source(ModelFacts about, Language language) => about switch
    {
        { Training: { } training } => training.Corpus,
        { Origin: { } origin } => language == Language.Chinese ? $"从 {origin.Program} 导入" : $"imported from {origin.Program}",
        _ => language == Language.Chinese ? "未训练" : "not trained",
    };

    /// <summary>The options of the layers, for example "layer normalization, residual"; empty for a plain model.</summary>
    public static string Options(ModelSpec spec, Language language)
    {
        bool isChinese = language == Language.Chinese;
        List<string> words = [];
        if (spec.EmbeddingSize > 0)
            words.Add(isChinese ? $"{spec.EmbeddingSize} 维嵌入" : $"embedding of {spec.EmbeddingSize}");
        if (spec.TiedEmbedding) words.Add(isChinese ? "嵌入与输出层共享权重" : "tied to the output layer");
        if (spec.Architecture == Architecture.Convolution)
            words.Add(isChinese ? $"感受野 {spec.ReceptiveField} 个词元" : $"receptive field of {spec.ReceptiveField} tokens");
        if (spec is { Architecture: Architecture.Gru, ResetGate: ResetGate.Before })
            words.Add(isChinese ? "重置门在乘积之前" : "reset gate before the product");
        if (spec.Architecture is Architecture.Lstm or Architecture.Gru && spec.Gates == GateActivation.HardSigmoid)
            words.Add(isChinese ? "硬 sigmoid 门" : "hard sigmoid gates");
        if (spec is { Architecture: Architecture.Rnn, Activation: Activation.Relu }) words.Add("ReLU");
        if (spec.LayerNormalization) words.Add(isChinese ? "层归一化" : "layer normalization");
        if (spec.Residual) words.Add(isChinese ? "残差连接" : "residual connections");
        return string.Join(isChinese ? "，" : ", ", words);
    }

    /// <summary>The tokens, for example "57 characters".</summary>
    public static string Tokens(ModelFacts about, Language language)
    {
        string count = about.VocabularySize.ToString("N0", CultureInfo.InvariantCulture);
        return (about.Tokenizer, language) switch
        {
            (TokenizerKind.Characters, Language.Chinese) => $"{count} 个字符",
            (TokenizerKind.Characters, _) => $"{count} characters",
            (TokenizerKind.Words, Language.Chinese) => $"{count} 个词和字符",
            (TokenizerKind.Words, _) => $"{count} words and characters",
            (_, Language.Chinese) => "256 个字节",
            _ => "the 256 bytes",
        };
    }

    /// <summary>Why a model does not have a kind of file; null if it has.</summary>
    /// <param name="kind">A kind of <see cref="ModelDownloads"/>.</param>
    /// <param name="about">The model.</param>
    /// <param name="language">The language of the sentence.</param>
    public static string? Obstacle(string kind, ModelFacts about, Language language)
    {
        if (kind == "vocabulary" && about.Tokenizer == TokenizerKind.Bytes)
            return language == Language.Chinese
                ? "字节模型没有词表：词元的编号就是字节的值。"
                : "A model of bytes has no vocabulary: the id of a token is its byte.";
        if (kind is not ("keras2" or "keras3")) return null;
        (string English, string Chinese)? reason = about.Spec switch
        {
            { Architecture: Architecture.Convolution } => ("convolutions", "卷积"),
            { TiedEmbedding: true } => ("a tied embedding", "共享权重的嵌入"),
            { Residual: true } => ("residual connections", "残差连接"),
            { LayerNormalization: true } => ("layer normalization", "层归一化"),
            _ => null,
        };
        if (reason is not var (english, chinese)) return null;
        return language == Language.Chinese
            ? $"Keras 文件只能保存循环层的堆叠，而此模型含有{chinese}。请改用 ONNX。"
            : $"Keras files are chains of recurrent layers, and this model has {english}. Use ONNX instead.";
    }

    /// <summary>Why a file cannot be used. Details of files are in English, so the sentence in Chinese says what matters first.</summary>
    public static string Problem(Exception exception, Language language, string chinese) =>
        language == Language.Chinese && exception is AphoristException
            ? $"{chinese}（{exception.Message.TrimEnd('.')}）"
            : Sentence.Of(exception, language);

    /// <summary>A day and a time, in the zone of this machine.</summary>
    public static string Date(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
