using Aphorist.Studio.Hosting;
using Aphorist.Studio.NewRun;
using Aphorist.Studio.Runs;
using Aphorist.Training;

namespace Aphorist.Studio.Components;

/// <summary>What went wrong, as a sentence for the page.</summary>
public static class Sentence
{
    /// <summary>Describes an exception.</summary>
    public static string Of(Exception exception, Language language)
    {
        bool isChinese = language == Language.Chinese;
        return exception switch
        {
            UnknownCharacterException unknown => isChinese
                ? $"模型不认识字符“{unknown.Character}”（第 {unknown.Position + 1} 个字符），请改用训练文本中出现过的字符。"
                : unknown.Message,
            QueueFullException => isChinese ? "服务器正忙，请稍后再试。" : exception.Message,
            NameTakenException taken => isChinese
                ? $"名称“{taken.Name}”已被使用，请换一个。"
                : $"The name “{taken.Name}” is taken. Choose another one.",
            RunInUseException => isChinese ? "该任务正在训练，请先暂停。" : "This run is being trained. Pause it first.",
            TrainingDivergedException => isChinese
                ? "训练发散：损失变得过大。请降低学习率，或打开发散保护。"
                : exception.Message,
            ModelFileException => isChinese
                ? $"无法读取该模型文件，它可能已损坏，或不是受支持的格式。详细信息（英文）：{exception.Message}"
                : exception.Message,
            CorpusException => isChinese
                ? $"无法读取该文本，请检查文件和编码。详细信息（英文）：{exception.Message}"
                : exception.Message,
            TrainingRunException => isChinese
                ? $"无法使用该训练任务的文件夹。详细信息（英文）：{exception.Message}"
                : exception.Message,
            InvalidOptionsException invalid when isChinese && RunProblem.InChinese(invalid) is { } sentence => sentence,
            AphoristException => isChinese ? $"出错了。详细信息（英文）：{exception.Message}" : exception.Message,
            IOException when IsFull(exception) => isChinese
                ? "磁盘已满。请释放一些空间后重试。"
                : "The disk is full. Free some space and try again.",
            IOException or UnauthorizedAccessException => isChinese
                ? $"无法读写文件。详细信息（英文）：{exception.Message}"
                : $"A file cannot be read or written: {exception.Message}",
            _ => isChinese
                ? $"发生了意外错误。详细信息（英文）：{exception.Message}"
                : $"An unexpected error occurred: {exception.Message}",
        };
    }

    /// <summary>Why a training process ended.</summary>
    /// <param name="message">What it printed.</param>
    /// <param name="language">The language of the page.</param>
    public static string OfProcess(string message, Language language)
    {
        ArgumentNullException.ThrowIfNull(message);
        bool isChinese = language == Language.Chinese;
        if (message.Length == 0)
        {
            return isChinese
                ? "训练进程意外结束，可能是内存不足。请重试：训练会从上一个检查点继续。"
                : "The training process ended unexpectedly. The machine may have run out of memory. Try again: training continues from "
                + "the last checkpoint.";
        }

        bool isDiskFull = message.Contains("No space left on device", StringComparison.Ordinal)
            || message.Contains("disk is full", StringComparison.OrdinalIgnoreCase);
        return isDiskFull
            ? isChinese
                ? "磁盘已满，训练已停止。请释放一些空间后重试：训练会从上一个检查点继续。"
                : "The disk is full, so training has stopped. Free some space and try again: training continues from the last "
                + "checkpoint."
            : isChinese ? $"训练因错误而结束。详细信息（英文）：{message}" : $"Training ended with an error: {message}";
    }

    private static bool IsFull(Exception exception) => (exception.HResult & 0xFFFF) is 28 or 0x70;
}
