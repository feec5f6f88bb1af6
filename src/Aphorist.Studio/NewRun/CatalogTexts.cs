namespace Aphorist.Studio.NewRun;

/// <summary>What the texts of the catalog are, in both languages.</summary>
public static class CatalogTexts
{
    /// <summary>Describes an entry.</summary>
    public static Bilingual Describe(CorpusEntry entry) => entry.Name switch
    {
        "fables" => new("Short fables in simple English", "简单英语写成的短寓言"),
        "fables-zh" => new("Short fables in simple Chinese", "简单中文写成的短寓言"),
        "aphorisms" => new("Short essays in plain English", "平实英语写成的短文"),
        "aphorisms-zh" => new("Short notes in Chinese", "中文短札"),
        "names" => new("Given names of many cultures, one a line", "多种文化的人名，每行一个"),
        "nietzsche" => new("“Beyond Good and Evil” in English", "尼采《善恶的彼岸》英文版"),
        "tinyshakespeare" => new("40,000 lines of Shakespeare", "四万行莎士比亚戏剧"),
        _ => new(entry.Description, entry.Description),
    };
}
