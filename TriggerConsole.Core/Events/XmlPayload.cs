using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;

namespace TriggerConsole.Core.Events;

/// <summary>
/// Reads XML that strangers sent as a JSON object tree. No DTD, no entities, nothing fetched; bounded in depth and number of
/// nodes, for each costs many times its own length.
/// </summary>
internal static class XmlPayload
{
    private const int MaxNodes = 100_000;

    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly XmlReaderSettings s_secure = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = ParsedPayload.MaxParsedBytes,
    };

    /// <summary>The tree; undefined when the document is malformed, too deep or too large.</summary>
    public static JsonElement TryRead(byte[] document)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(document, writable: false), s_secure);
            return ReadTree(reader) is { } root ? Write(root) : default;
        }
        // Malformed; or an encoding that is unknown or that the bytes do not keep
        catch (Exception exception) when (exception is XmlException or ArgumentException or NotSupportedException)
        {
            return default;
        }
    }

    private static Node? ReadTree(XmlReader reader)
    {
        var root = new Node("");
        var open = new Stack<Node>([root]);
        var nodes = 0;
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    nodes += 1 + reader.AttributeCount;
                    if (nodes > MaxNodes || open.Count > JsonParsing.MaxDepth) return null;
                    var element = new Node(reader.Name);
                    open.Peek().Children.Add(element);
                    if (!reader.IsEmptyElement) open.Push(element);
                    ReadAttributes(reader, element);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                    open.Peek().Text = open.Peek().Text is { } before ? before.Append(reader.Value) : new StringBuilder(reader.Value);
                    break;
                case XmlNodeType.EndElement:
                    open.Pop();
                    break;
            }
        }
        return root;
    }

    private static void ReadAttributes(XmlReader reader, Node element)
    {
        while (reader.MoveToNextAttribute())
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns") element.Attributes.Add(new(reader.Name, reader.Value));
    }

    private static JsonElement Write(Node root)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, s_plain)) Write(writer, root);
        // Lists add levels of their own: what comes out too deep is undefined here
        return JsonParsing.TryParse(output.WrittenMemory);
    }

    // Recursion is bounded: ReadTree lets no element deeper than JsonParsing.MaxDepth through
    private static void Write(Utf8JsonWriter writer, Node node)
    {
        if (node.Attributes.Count == 0 && node.Children.Count == 0)
        {
            writer.WriteStringValue(node.Text?.ToString() ?? "");
            return;
        }
        writer.WriteStartObject();
        foreach (var (name, value) in node.Attributes) writer.WriteString("@" + name, value);
        foreach (var group in node.Children.GroupBy(c => c.Name, StringComparer.Ordinal))
        {
            var same = group.ToList();
            writer.WritePropertyName(group.Key);
            if (same.Count > 1) writer.WriteStartArray();
            foreach (var child in same) Write(writer, child);
            if (same.Count > 1) writer.WriteEndArray();
        }
        if (node.Text is not null) writer.WriteString("#text", node.Text.ToString());
        writer.WriteEndObject();
    }

    private sealed class Node(string name)
    {
        public string Name { get; } = name;

        public List<KeyValuePair<string, string>> Attributes { get; } = [];

        public List<Node> Children { get; } = [];

        public StringBuilder? Text { get; set; }
    }
}
