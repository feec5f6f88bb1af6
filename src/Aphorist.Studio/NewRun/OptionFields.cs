using Aphorist.Training;

namespace Aphorist.Studio.NewRun;

/// <summary>
/// The options of a run, as the command has them. They are applied in this order: some have defaults that depend on those before them.
/// </summary>
public static class OptionFields
{
    // As the command: six layers of convolutions see about as many tokens as the default window, and one-hot words would make the first
    // layer too large.
    private const int ConvolutionLayers = 6, WordEmbeddingSize = 128;

    private const double Many = 1_000_000;

    private static readonly Bilingual Tokens = new("tokens", "词元"), Steps = new("steps", "步");

    // What a model that a run starts from has decided.
    private static readonly OptionField[] OfModel = [.. Data(), .. Model()];

    /// <summary>All options.</summary>
    public static IReadOnlyList<OptionField> All { get; } = [.. OfModel, .. Training(), .. Optimizer(), .. Evaluation()];

    /// <summary>Whether an option has an effect with these options. The page hides it otherwise.</summary>
    public static bool Apply(OptionField field, TrainingRunOptions options) =>
        field.Applies(options) && (options.From is null || !OfModel.Contains(field));

    /// <summary>The name of a group.</summary>
    public static Bilingual NameOf(OptionGroup group) => group switch
    {
        OptionGroup.Common => new("Common", "常用"),
        OptionGroup.Data => new("Data", "数据"),
        OptionGroup.Model => new("Model", "模型"),
        OptionGroup.Training => new("Training", "训练"),
        OptionGroup.Optimizer => new("Optimizer", "优化器"),
        _ => new("Evaluation", "评估"),
    };

    private static IEnumerable<OptionField> Data() =>
    [
        ChoiceField.Create("tokenizer", OptionGroup.Common, nameof(TokenizerOptions.Kind),
            new("Tokens", "词元"),
            new(
                "What the model reads and writes one at a time: characters; words and characters; or bytes of UTF-8.",
                "模型逐个读写的单位：字符；词和字符；或 UTF-8 字节。"),
            [("characters", new("characters", "字符")), ("words", new("words and characters", "词和字符")), ("bytes", new("bytes", "字节"))],
            options => options.Tokenizer.Kind, WithTokenizer),
        NumberField.Whole("vocabulary-size", OptionGroup.Data, nameof(TokenizerOptions.VocabularySize),
            new("Vocabulary size", "词表大小"),
            new("Maximum number of words. Words that are too rare become unknown tokens.", "词的最大数量。过于少见的词会变成未知词元。"),
            2, Many, options => options.Tokenizer.VocabularySize,
            (options, value) => options with { Tokenizer = options.Tokenizer with { VocabularySize = value } },
            applies: options => options.Tokenizer.Kind == TokenizerKind.Words),
        NumberField.Whole("minimum-count", OptionGroup.Data, nameof(TokenizerOptions.MinimumCount),
            new("Minimum count", "最少出现次数"),
            new("How often a word must occur to be in the vocabulary.", "一个词至少出现多少次才会进入词表。"),
            1, Many, options => options.Tokenizer.MinimumCount,
            (options, value) => options with { Tokenizer = options.Tokenizer with { MinimumCount = value } },
            applies: options => options.Tokenizer.Kind == TokenizerKind.Words),
        SwitchField.Create("lowercase", OptionGroup.Data, nameof(TrainingRunOptions.Lowercase),
            new("Lower case", "转为小写"),
            new("Convert the text to lower case: fewer characters to learn.", "把文本转换为小写：需要学习的字符更少。"),
            options => options.Lowercase, (options, value) => options with { Lowercase = value }),
    ];

    private static IEnumerable<OptionField> Model() =>
    [
        ChoiceField.Create("architecture", OptionGroup.Common, nameof(ModelSpec.Architecture),
            new("Architecture", "结构"),
            new(
                "Kind of the layers. LSTM, GRU and RNN are recurrent; convolutions see a fixed number of tokens.",
                "层的种类。LSTM、GRU 和 RNN 是循环层；卷积只看固定数量的词元。"),
            [
                ("lstm", new("LSTM", "LSTM")), ("gru", new("GRU", "GRU")), ("rnn", new("RNN", "RNN")),
                ("convolution", new("convolution", "卷积")),
            ],
            options => options.Model.Architecture, WithArchitecture),
        NumberField.Whole("hidden", OptionGroup.Common, nameof(ModelSpec.HiddenSize),
            new("Hidden size", "隐藏层大小"),
            new("Units in each layer. Twice as many take about four times as long.", "每层的单元数。加倍后训练时间约为四倍。"),
            1, 16_384, options => options.Model.HiddenSize, (options, value) => With(options, options.Model with { HiddenSize = value })),
        new NumberField
        {
            Id = "layers", Group = OptionGroup.Common, Property = nameof(ModelSpec.Layers),
            Label = new("Layers", "层数"),
            Help = new("Number of layers: at most 4 if they are recurrent, 12 for convolution.", "层的数量：循环层最多 4 层，卷积最多 12 层。"),
            Minimum = 1, Maximum = options => options.Model.MaxLayers, IsWhole = true,
            Get = options => options.Model.Layers, Set = (options, value) => With(options, options.Model with { Layers = (int)value! }),
        },
        SwitchField.Create("tied", OptionGroup.Model, nameof(ModelSpec.TiedEmbedding),
            new("Tied embedding", "共享嵌入"),
            new(
                "Use the embedding as the weights of the decoder too. The embedding then has the hidden size.",
                "解码器也使用嵌入的权重。此时嵌入的维度等于隐藏层大小。"),
            options => options.Model.TiedEmbedding,
            (options, value) => With(options, options.Model with
            {
                TiedEmbedding = value,
                EmbeddingSize = value ? options.Model.HiddenSize : options.Model.EmbeddingSize,
            })),
        NumberField.Whole("embedding", OptionGroup.Model, nameof(ModelSpec.EmbeddingSize),
            new("Embedding size", "嵌入维度"),
            new("Length of the vector for each token; 0 for one-hot tokens.", "每个词元的向量长度；0 表示使用独热编码。"),
            0, 16_384, options => options.Model.EmbeddingSize,
            (options, value) => With(options, options.Model with { EmbeddingSize = value }),
            applies: options => !options.Model.TiedEmbedding),
        SwitchField.Create("residual", OptionGroup.Model, nameof(ModelSpec.Residual),
            new("Residual connections", "残差连接"),
            new(
                "Add the input of each layer after the first to its output. Needs 2 layers or more.",
                "从第二层起，把每层的输入加到它的输出上。至少需要 2 层。"),
            options => options.Model.Residual, (options, value) => With(options, options.Model with { Residual = value }),
            options => options.Model.Architecture != Architecture.Convolution),
        SwitchField.Create("layer-normalization", OptionGroup.Model, nameof(ModelSpec.LayerNormalization),
            new("Layer normalization", "层归一化"),
            new(
                "Normalize each layer's outputs over its units. Training becomes more stable.",
                "在每层的单元上对输出做归一化，训练更稳定。"),
            options => options.Model.LayerNormalization,
            (options, value) => With(options, options.Model with { LayerNormalization = value })),
        NumberField.Whole("window", OptionGroup.Model, nameof(ModelSpec.Window),
            new("Window", "窗口"),
            new("Tokens that the model reads before the one it predicts.", "模型在预测下一个词元之前读取的词元数。"),
            1, 100_000, options => options.Model.Window, (options, value) => With(options, options.Model with { Window = value }), Tokens),
        ChoiceField.Create("gates", OptionGroup.Model, nameof(ModelSpec.Gates),
            new("Gates", "门"),
            new("Activation of the gates of LSTM and GRU.", "LSTM 和 GRU 的门所用的激活函数。"),
            [("sigmoid", new("sigmoid", "sigmoid")), ("hardsigmoid", new("hard sigmoid", "hard sigmoid"))],
            options => options.Model.Gates, (options, value) => With(options, options.Model with { Gates = value }),
            options => options.Model.Architecture is Architecture.Lstm or Architecture.Gru),
        ChoiceField.Create("reset", OptionGroup.Model, nameof(ModelSpec.ResetGate),
            new("Reset gate", "重置门"),
            new(
                "Apply the reset gate of GRU after the recurrent product, as PyTorch does, or before it, as Cho et al. (2014).",
                "GRU 的重置门用在循环乘积之后（与 PyTorch 相同），或用在之前（Cho 等，2014）。"),
            [("after", new("after the product", "乘积之后")), ("before", new("before the product", "乘积之前"))],
            options => options.Model.ResetGate, (options, value) => With(options, options.Model with { ResetGate = value }),
            options => options.Model.Architecture == Architecture.Gru),
        ChoiceField.Create("activation", OptionGroup.Model, nameof(ModelSpec.Activation),
            new("Activation", "激活函数"),
            new("Activation of RNN layers.", "RNN 层的激活函数。"),
            [("tanh", new("tanh", "tanh")), ("relu", new("ReLU", "ReLU"))],
            options => options.Model.Activation, (options, value) => With(options, options.Model with { Activation = value }),
            options => options.Model.Architecture == Architecture.Rnn),
        NumberField.Whole("kernel", OptionGroup.Model, nameof(ModelSpec.KernelSize),
            new("Kernel size", "卷积核大小"),
            new("Kernel size of the convolutions. n layers see kernel^n tokens.", "卷积核的大小。n 层共能看到“核大小的 n 次方”个词元。"),
            2, 4096, options => options.Model.KernelSize, (options, value) => With(options, options.Model with { KernelSize = value }),
            Tokens, options => options.Model.Architecture == Architecture.Convolution),
    ];

    private static IEnumerable<OptionField> Training() =>
    [
        NumberField.Whole("epochs", OptionGroup.Common, nameof(TrainingOptions.Epochs),
            new("Epochs", "轮数"),
            new(
                "Maximum number of passes over the text. Setting it removes the time limit of the preset.",
                "最多遍历文本多少遍。设置后，预设的时间限制将被取消。"),
            1, Many, options => options.Training.Epochs, WithEpochs),
        new NumberField
        {
            Id = "minutes", Group = OptionGroup.Common, Property = nameof(TrainingOptions.TimeBudget),
            Label = new("Time limit", "时间限制"),
            Help = new(
                "Training ends after this time, validation and samples not included. Empty: no limit.",
                "训练超过这段时间后结束，不含验证和样本生成。留空表示不限制。"),
            Minimum = 0, IsAboveMinimum = true, Maximum = _ => Many, Unit = new("minutes", "分钟"),
            Empty = new("no limit", "不限制"),
            Get = options => options.Training.TimeBudget?.TotalMinutes,
            Set = (options, value) => With(
                options, options.Training with { TimeBudget = value is { } minutes ? TimeSpan.FromMinutes(minutes) : null }),
        },
        NumberField.Share("validation", OptionGroup.Common, nameof(TrainingOptions.ValidationShare),
            new("Validation", "验证集"),
            new(
                "Fraction of the text, from its end, that is held out to measure how well the model does on new text.",
                "从文本末尾留出的比例，用来衡量模型在新文本上的表现。"),
            options => options.Training.ValidationShare,
            (options, value) => With(options, options.Training with { ValidationShare = value })),
        ChoiceField.Create("objective", OptionGroup.Training, nameof(TrainingOptions.Objective),
            new("Objective", "训练目标"),
            new(
                "Windows: predict the token after each window, as the notebook does. Streams: predict every token, which learns faster.",
                "窗口：预测每个窗口之后的词元，与 notebook 相同。流：预测每一个词元，学得更快。"),
            [("windows", new("windows", "窗口")), ("stream", new("streams", "流"))],
            options => options.Training.Objective, (options, value) => With(options, options.Training with { Objective = value })),
        NumberField.Whole("batch", OptionGroup.Training, nameof(TrainingOptions.BatchSize),
            new("Batch size", "批大小"),
            new("Windows or streams per training step.", "每个训练步处理的窗口数或流数。"),
            1, Many, options => options.Training.BatchSize,
            (options, value) => With(options, options.Training with { BatchSize = value })),
        NumberField.Whole("step", OptionGroup.Training, nameof(TrainingOptions.Stride),
            new("Stride", "步幅"),
            new("Tokens between the starts of two windows.", "相邻两个窗口起点之间的词元数。"),
            1, Many, options => options.Training.Stride, (options, value) => With(options, options.Training with { Stride = value }),
            Tokens, options => options.Training.Objective == Objective.Windows),
        NumberField.Whole("sequence", OptionGroup.Training, nameof(TrainingOptions.SequenceLength),
            new("Sequence length", "序列长度"),
            new("Tokens of a stream per training step.", "每个训练步从一个流中读取的词元数。"),
            1, 100_000, options => options.Training.SequenceLength,
            (options, value) => With(options, options.Training with { SequenceLength = value }),
            Tokens, options => options.Training.Objective == Objective.Stream),
        NumberField.Share("dropout", OptionGroup.Training, nameof(TrainingOptions.Dropout),
            new("Dropout", "Dropout"),
            new("Probability that an output of a layer is dropped in a training step.", "训练时，层的输出被随机丢弃的概率。"),
            options => options.Training.Dropout, (options, value) => With(options, options.Training with { Dropout = value })),
        NumberField.Whole("patience", OptionGroup.Training, nameof(TrainingOptions.Patience),
            new("Early stopping", "提前停止"),
            new("End training after this many epochs without a lower loss; 0 for never.", "损失连续这么多轮没有降低就结束训练；0 表示从不。"),
            0, Many, options => options.Training.Patience, (options, value) => With(options, options.Training with { Patience = value }),
            new("epochs", "轮")),
        SwitchField.Create("divergence-guard", OptionGroup.Training, nameof(TrainingOptions.DivergenceGuard),
            new("Divergence guard", "发散保护"),
            new(
                "If the loss explodes, restore the last good weights and lower the learning rate.",
                "如果损失突然暴增，恢复上一次正常的权重并降低学习率。"),
            options => options.Training.DivergenceGuard,
            (options, value) => With(options, options.Training with { DivergenceGuard = value })),
        NumberField.Whole("seed", OptionGroup.Training, nameof(TrainingOptions.Seed),
            new("Seed", "随机种子"),
            new("The same seed and options give the same model.", "种子和选项相同，得到的模型就相同。"),
            0, 1_000_000_000, options => options.Training.Seed,
            (options, value) => With(options, options.Training with { Seed = (ulong)value })),
        new NumberField
        {
            Id = "threads", Group = OptionGroup.Training, Property = nameof(TrainingOptions.Threads),
            Label = new("Threads", "线程数"),
            Help = new(
                "Number of threads. The result does not depend on it. Empty: one per processor.",
                "线程数量，不影响训练结果。留空表示每个处理器一个线程。"),
            Minimum = 1, Maximum = _ => 1024, IsWhole = true, Empty = new("automatic", "自动"),
            Get = options => options.Training.Threads == 0 ? null : options.Training.Threads,
            Set = (options, value) => With(options, options.Training with { Threads = (int)(value ?? 0) }),
        },
    ];

    private static IEnumerable<OptionField> Optimizer() =>
    [
        ChoiceField.Create("optimizer", OptionGroup.Optimizer, nameof(TrainingOptions.Optimizer),
            new("Optimizer", "优化器"),
            new("The algorithm that changes the weights.", "更新权重的算法。"),
            [
                ("rmsprop", new("RMSprop", "RMSprop")), ("adam", new("Adam", "Adam")), ("adamw", new("AdamW", "AdamW")),
                ("sgd", new("SGD", "SGD")),
            ],
            options => options.Training.Optimizer, (options, value) => With(options, options.Training with { Optimizer = value })),
        NumberField.Real("learning-rate", OptionGroup.Optimizer, nameof(TrainingOptions.LearningRate),
            new("Learning rate", "学习率"),
            new("How far a training step moves the weights.", "每个训练步移动权重的幅度。"),
            options => options.Training.LearningRate, (options, value) => With(options, options.Training with { LearningRate = value }),
            isAboveZero: true),
        ChoiceField.Create("schedule", OptionGroup.Optimizer, nameof(TrainingOptions.Schedule),
            new("Schedule", "学习率调度"),
            new(
                "Linear and cosine fall to 1 % over the whole training. Steps: 3 % less with each epoch from the tenth on. Plateau: half "
                + "when the loss stops falling.",
                "线性和余弦：在整个训练中降到 1 %。阶梯：从第十轮起每轮降低 3 %。平台：损失不再下降时减半。"),
            [
                ("constant", new("constant", "不变")), ("linear", new("linear", "线性")), ("cosine", new("cosine", "余弦")),
                ("step", new("steps", "阶梯")), ("plateau", new("plateau", "平台")),
            ],
            options => options.Training.Schedule, (options, value) => With(options, options.Training with { Schedule = value })),
        NumberField.Whole("warm-up", OptionGroup.Optimizer, nameof(TrainingOptions.WarmupSteps),
            new("Warmup", "预热"),
            new("Training steps over which the learning rate rises from 0.", "学习率从 0 逐渐升高所用的训练步数。"),
            0, Many, options => options.Training.WarmupSteps,
            (options, value) => With(options, options.Training with { WarmupSteps = value }), Steps),
        NumberField.Real("weight-decay", OptionGroup.Optimizer, nameof(TrainingOptions.WeightDecay),
            new("Weight decay", "权重衰减"),
            new("Pulls the weights towards 0 against overfitting; 0 for none.", "把权重拉向 0，减少过拟合；0 表示不使用。"),
            options => options.Training.WeightDecay, (options, value) => With(options, options.Training with { WeightDecay = value })),
        NumberField.Real("clip-norm", OptionGroup.Optimizer, nameof(TrainingOptions.ClipNorm),
            new("Clip by norm", "按范数裁剪"),
            new("Maximum norm of the whole gradient; 0 for no limit.", "整个梯度的最大范数；0 表示不限制。"),
            options => options.Training.ClipNorm, (options, value) => With(options, options.Training with { ClipNorm = value })),
        NumberField.Real("clip-value", OptionGroup.Optimizer, nameof(TrainingOptions.ClipValue),
            new("Clip by value", "按值裁剪"),
            new("Maximum absolute value of each gradient; 0 for no limit.", "每个梯度的最大绝对值；0 表示不限制。"),
            options => options.Training.ClipValue, (options, value) => With(options, options.Training with { ClipValue = value })),
        NumberField.Share("average", OptionGroup.Optimizer, nameof(TrainingOptions.EmaDecay),
            new("Average of weights", "权重平均"),
            new(
                "Decay of an exponential moving average of the weights, such as 0.999; the model is then the average. 0 for none.",
                "权重的指数移动平均的衰减率，例如 0.999；此时模型就是这个平均。0 表示不使用。"),
            options => options.Training.EmaDecay, (options, value) => With(options, options.Training with { EmaDecay = value })),
    ];

    private static IEnumerable<OptionField> Evaluation() =>
    [
        NumberField.Whole("validate-every", OptionGroup.Evaluation, nameof(TrainingOptions.ValidationInterval),
            new("Validate every", "验证间隔"),
            new(
                "Training steps between two validations within an epoch; 0 for none. There is always one after each epoch.",
                "一轮之内两次验证之间的训练步数；0 表示不验证。每轮结束后总会验证一次。"),
            0, Many, options => options.Training.ValidationInterval,
            (options, value) => With(options, options.Training with { ValidationInterval = value }), Steps,
            options => options.Training.ValidationShare > 0),
        new NumberField
        {
            Id = "validation-tokens", Group = OptionGroup.Evaluation, Property = nameof(TrainingOptions.MaxValidationTokens),
            Label = new("Tokens per validation", "每次验证的词元数"),
            Help = new(
                "Maximum number of tokens to predict in a validation, spread evenly; 0 for all. Empty: about a tenth of the training time.",
                "一次验证最多预测的词元数，均匀分布；0 表示全部。留空则约占训练时间的十分之一。"),
            Minimum = 0, Maximum = _ => 1_000_000_000, IsWhole = true, Unit = Tokens, Empty = new("automatic", "自动"),
            Applies = options => options.Training.ValidationShare > 0,
            Get = options => options.Training.MaxValidationTokens,
            Set = (options, value) => With(options, options.Training with { MaxValidationTokens = (int?)value }),
        },
    ];

    private static TrainingRunOptions With(TrainingRunOptions options, ModelSpec model) => options with { Model = model };

    private static TrainingRunOptions With(TrainingRunOptions options, TrainingOptions training) => options with { Training = training };

    private static TrainingRunOptions WithTokenizer(TrainingRunOptions options, TokenizerKind kind)
    {
        bool needsEmbedding = kind == TokenizerKind.Words && options.Model.EmbeddingSize == 0;
        return options with
        {
            Tokenizer = options.Tokenizer with { Kind = kind },
            Model = needsEmbedding ? options.Model with { EmbeddingSize = WordEmbeddingSize } : options.Model,
        };
    }

    private static TrainingRunOptions WithArchitecture(TrainingRunOptions options, Architecture architecture)
    {
        bool becomesConvolution = architecture == Architecture.Convolution && options.Model.Architecture != architecture;
        int layers = becomesConvolution ? ConvolutionLayers : options.Model.Layers;
        return With(options, options.Model with { Architecture = architecture, Layers = layers });
    }

    private static TrainingRunOptions WithEpochs(TrainingRunOptions options, int epochs)
    {
        TimeSpan? ofPreset = Preset.All.FirstOrDefault(preset => preset.Name == options.Preset)?.Training.TimeBudget;
        TrainingOptions training = options.Training;
        return With(
            options, training with { Epochs = epochs, TimeBudget = training.TimeBudget == ofPreset ? null : training.TimeBudget });
    }
}
