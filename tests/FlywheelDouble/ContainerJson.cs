using System.Text.Json.Nodes;

namespace FlywheelDicom.FlywheelDouble;

/// <summary>Containers and files as the API shows them.</summary>
internal sealed class ContainerJson(DoubleOptions options)
{
    /// <summary>As the answer to a request for it alone.</summary>
    public JsonObject Whole(StoredContainer container)
    {
        var json = Fields(container);
        if (container.Kind != "group")
            json["files"] = Files(container);
        return json;
    }

    /// <summary>As an entry of a list.</summary>
    public JsonObject InList(StoredContainer container)
    {
        var json = Fields(container);
        if (container.Kind == "group")
            return json;
        if (!options.ListsWithoutFiles)
            json["files"] = Files(container);
        return Merge(json, container.Odd);
    }

    private JsonObject Fields(StoredContainer container)
    {
        var json = new JsonObject { ["_id"] = container.Id, ["label"] = container.Label, ["created"] = container.Created.ToString("O"), ["tags"] = new JsonArray(), ["revision"] = 3 };
        if (container.Kind == "group")
            return json;
        var parents = new JsonObject();
        for (var up = container.Parent; up is not null; up = up.Parent)
            parents[up.Kind] = up.Id;
        if (!options.IsOld)
            json["parents"] = parents;
        if (container.Kind is "project" or "session" or "subject")
            json["group"] = container.Ancestor("group")!.Id;
        if (container.Kind is "session" or "subject")
            json["project"] = container.Ancestor("project")!.Id;
        if (container.Kind == "subject")
            json["code"] = container.Label;
        if (container.Kind == "session")
        {
            var subject = new JsonObject { ["_id"] = container.Parent!.Id, ["code"] = container.Parent.Label };
            if (!options.IsOld)
                subject["label"] = container.Parent.Label;
            json["subject"] = subject;
        }
        if (container.Kind == "acquisition")
            json["session"] = container.Parent!.Id;
        return json;
    }

    private static JsonArray Files(StoredContainer container) => [.. container.Files.Select(Of)];

    public static JsonNode Of(StoredFile file)
    {
        var json = new JsonObject { ["file_id"] = file.FileId, ["name"] = file.Name, ["type"] = file.Type, ["mimetype"] = "application/octet-stream", ["zip_member_count"] = null, ["version"] = 1 };
        if (!file.HidesSize)
            json["size"] = file.StatedSize ?? file.Size;
        if (file.HasHash)
            json["hash"] = file.Hash;
        return Merge(json, file.Odd);
    }

    private static JsonObject Merge(JsonObject json, JsonObject? odd)
    {
        foreach (var (name, value) in odd ?? [])
            json[name] = value?.DeepClone();
        return json;
    }
}
