using System.Globalization;

namespace FlywheelDicom.IO;

/// <summary>One step of a path: an item of a sequence, or all of them.</summary>
/// <param name="Name">The sequence.</param>
/// <param name="Index">Counted from 0, or <see cref="AllItems"/>.</param>
internal readonly record struct PathStep(ElementName Name, int Index)
{
    /// <summary>Stands for each item there is.</summary>
    public const int AllItems = -1;

    /// <summary>Whether both may lead to one item.</summary>
    public bool Meets(PathStep other) => Name == other.Name && (Index == other.Index || Index == AllItems || other.Index == AllItems);

    /// <summary>Keyword or tag, with the index.</summary>
    public override string ToString()
    {
        var name = Name.Creator is null && DicomDictionary.Lookup(Name.Tag)?.Keyword is { Length: > 0 } keyword ? keyword : Name.ToString();
        return $"{name}[{(Index == AllItems ? "*" : Index.ToString(CultureInfo.InvariantCulture))}]";
    }
}
