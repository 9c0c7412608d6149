import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Reference;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Whether files conform to PDF/A-3a and PDF/UA-1, by veraPDF's own rules: one line a file and profile, tab separated:
 * {@code conforms|fails}, profile, number of checks, file, and the rules that failed with their messages.
 *
 * <p>Files are named on standard input, one a line, so that many cost one start of the machine. The jar comes without the
 * classes that read profiles, so they are read here.
 */
public final class Conformance {
    private static final String FOLDER = "/org/verapdf/pdfa/validation/";

    private Conformance() {}

    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        Map<String, ValidationProfile> profiles = new TreeMap<>();
        profiles.put("3a", profile("PDFA-3A.xml", PDFAFlavour.PDFA_3_A));
        profiles.put("ua1", profile("PDFUA-1.xml", PDFAFlavour.PDFUA_1));
        boolean all = true;
        Scanner files = new Scanner(System.in, "UTF-8");
        while (files.hasNextLine()) {
            String file = files.nextLine();
            for (Map.Entry<String, ValidationProfile> profile : profiles.entrySet()) {
                all &= check(file, profile.getKey(), profile.getValue());
            }
        }
        System.exit(all ? 0 : 7);
    }

    private static boolean check(String file, String name, ValidationProfile profile) {
        StringBuilder line = new StringBuilder();
        boolean conforms = false;
        int checks = 0;
        PDFAFlavour flavour = profile.getPDFAFlavour();
        try (InputStream bytes = new FileInputStream(Path.of(file).toFile());
                PDFAParser parser = Foundries.defaultInstance().createParser(bytes, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, false)) {
            ValidationResult result = validator.validate(parser);
            conforms = result.isCompliant();
            checks = result.getTotalAssertions();
            Map<String, String> failed = new TreeMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
                    String context = assertion.getLocation() == null ? "" : assertion.getLocation().getContext();
                    failed.putIfAbsent(rule, assertion.getMessage() + " at " + context);
                }
            }
            for (Map.Entry<String, String> rule : failed.entrySet()) {
                line.append('\t').append(rule.getKey()).append(": ").append(rule.getValue().replaceAll("\\s+", " "));
            }
        } catch (Exception error) {
            line.append("\tit is not read: ").append(String.valueOf(error).replaceAll("\\s+", " "));
        }
        System.out.println((conforms ? "conforms" : "fails") + "\t" + name + "\t" + checks + "\t" + file + line);
        return conforms;
    }

    private static ValidationProfile profile(String name, PDFAFlavour flavour) throws Exception {
        Element root;
        try (InputStream xml = Conformance.class.getResourceAsStream(FOLDER + name)) {
            root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(xml).getDocumentElement();
        }
        Set<Rule> rules = new LinkedHashSet<>();
        for (Element rule : below(root, "rule")) {
            Element id = below(rule, "id").get(0);
            PDFAFlavour.Specification specification =
                    PDFAFlavour.Specification.valueOf(id.getAttribute("specification"));
            int number = Integer.parseInt(id.getAttribute("testNumber"));
            Element error = below(rule, "error").get(0);
            List<ErrorArgument> given = new ArrayList<>();
            for (Element argument : below(error, "argument")) {
                given.add(ErrorArgumentImpl.fromValues(argument.getTextContent(), argument.getAttribute("name"), null));
            }
            Boolean deferred = rule.hasAttribute("deferred") ? Boolean.valueOf(rule.getAttribute("deferred")) : null;
            rules.add(Profiles.ruleFromValues(
                    Profiles.ruleIdFromValues(specification, id.getAttribute("clause"), number),
                    rule.getAttribute("object"),
                    deferred,
                    rule.getAttribute("tags"),
                    text(rule, "description"),
                    text(rule, "test"),
                    Profiles.errorFromValues(text(error, "message"), given),
                    new ArrayList<Reference>()));
        }
        Set<Variable> variables = new LinkedHashSet<>();
        for (Element variable : below(root, "variable")) {
            variables.add(Profiles.variableFromValues(
                    variable.getAttribute("name"),
                    variable.getAttribute("object"),
                    text(variable, "defaultValue"),
                    text(variable, "value")));
        }
        if (rules.size() < 100) {
            throw new IllegalStateException(name + " has only " + rules.size() + " rules");
        }
        return Profiles.profileFromValues(flavour, Profiles.defaultProfile().getDetails(), "", rules, variables);
    }

    private static String text(Element parent, String name) {
        return below(parent, name).get(0).getTextContent();
    }

    private static List<Element> below(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        List<Element> list = new ArrayList<>();
        for (int at = 0; at < found.getLength(); at++) {
            list.add((Element) found.item(at));
        }
        return list;
    }
}
