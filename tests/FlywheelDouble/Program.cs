using System.Text.Json;
using System.Text.Json.Nodes;
using FlywheelDicom.FlywheelDouble;

// Run by tests that are no C#: one JSON command a line on standard input, one JSON answer a line on standard output.
//   {"options":{..}}                       starts; answers with key and ports
//   {"path":["g","p","s","ses","acq"],"files":[{"name":"a.zip","disk":"/x/a.zip","type":"dicom","more":{..}}]}   answers with the ids
//   {"path":["g","p","s"],"twin":"ses"}    one more child of the last, even where there is one of that label; its id comes last
//   {"fault":{"Kind":"Status","Path":"..","Status":503}}
//   {"state":true}                         answers with uploads, violations and requests
var json = new JsonSerializerOptions { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };
FlywheelDouble? server = null;
var places = new Dictionary<string, StoredContainer>();
while (await Console.In.ReadLineAsync() is { } line)
{
    var command = JsonNode.Parse(line)!.AsObject();
    JsonNode answer = new JsonObject { ["ok"] = true };
    if (command["options"] is { } options)
    {
        server = await FlywheelDouble.StartAsync(options.Deserialize<DoubleOptions>(json));
        answer = new JsonObject { ["key"] = server.Key, ["port"] = server.Port, ["storagePort"] = server.StoragePort };
    }
    else if (command["path"] is JsonArray path)
    {
        var ids = new JsonArray();
        StoredContainer? here = null;
        var place = "";
        foreach (var label in path.Select(p => (string)p!))
        {
            place += "/" + label;
            if (!places.TryGetValue(place, out var next))
                places[place] = next = here is null ? server!.AddGroup(label) : server!.AddChild(here, label);
            here = next;
            ids.Add(next.Id);
        }
        if (command["twin"] is { } twin)
            ids.Add(server!.AddChild(here!, (string)twin!).Id);
        foreach (var file in command["files"]?.AsArray() ?? [])
            here!.AddFromDisk((string)file!["name"]!, (string)file["disk"]!, (string?)file["type"]).Odd = file["more"]?.DeepClone().AsObject();
        answer = new JsonObject { ["ids"] = ids };
    }
    else if (command["fault"] is { } fault)
        server!.Add(fault.Deserialize<Fault>(json)!);
    else if (command["state"] is not null)
    {
        answer = new JsonObject
        {
            ["uploads"] = new JsonArray([.. server!.Uploads.Select(u => new JsonObject
            {
                ["kind"] = u.Container.Kind, ["id"] = u.Container.Id, ["name"] = u.Name, ["text"] = System.Text.Encoding.UTF8.GetString(u.Bytes),
            })]),
            ["violations"] = new JsonArray([.. server.Violations.Select(v => JsonValue.Create(v))]),
            ["requests"] = new JsonArray([.. server.Requests.Select(r => JsonValue.Create(r))]),
        };
    }
    await Console.Out.WriteLineAsync(answer.ToJsonString());
}
if (server is not null)
    await server.DisposeAsync();
